import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {createServer, type IncomingHttpHeaders} from 'node:http'
import type {AddressInfo} from 'node:net'
import {hostname, tmpdir} from 'node:os'
import {join} from 'node:path'
import {Webhook as Standard} from 'standardwebhooks'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {whoAmI} from '../../src/adapters/holders.ts'
import {clock} from '../../src/adapters/clock.ts'
import {outboxIn} from '../../src/adapters/outbox.ts'
import {receiptsIn} from '../../src/adapters/receipts.ts'
import {deliver} from '../../src/adapters/webhook.ts'
import {notifying} from '../../src/app/notify.ts'
import type {Config, NotificationConfig} from '../../src/core/config/config.ts'
import type {Event} from '../../src/core/event/event.ts'
import type {Recorded, Who} from '../../src/core/rollout/record.ts'
import type {State} from '../../src/ports/state.ts'
import {memoryState} from '../../src/simulation/state.ts'
import {planOf} from '../support/world.ts'
import {freePort} from '../support/ports.ts'
import {valid} from '../core/config/support.ts'

interface Got {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** A webhook that answers in turn, and then the last for ever; `never` says nothing. */
async function webhook(...answers: readonly (number | 'never')[]): Promise<{url: string; got: Got[]}> {
  const got: Got[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => void (body += String(chunk)))
    request.on('end', () => {
      got.push({headers: request.headers, body})
      const answer = answers[Math.min(got.length, answers.length) - 1] ?? 200
      if (answer !== 'never') response.writeHead(answer).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got}
}

const MESSAGE = {id: 'r1.0.1', body: '{"text":"hello"}'}

describe('a message', () => {
  it('is signed as Standard Webhooks has it, so that their libraries take it', async () => {
    for (const secret of ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'only words, and long enough']) {
      const {url, got} = await webhook(200)
      expect(await deliver(MESSAGE, {url, secret})).toBeUndefined()
      const {headers, body} = got[0] ?? {headers: {}, body: ''}
      const verifier = secret.startsWith('whsec_') ? new Standard(secret) : new Standard(secret, {format: 'raw'})
      expect(verifier.verify(body, headers as Record<string, string>)).toEqual({text: 'hello'})
      expect(() => verifier.verify(`${body} `, headers as Record<string, string>)).toThrow(/signature/i)
    }
  })

  it('is tried again, under the same id, until it is taken', async () => {
    const {url, got} = await webhook(503, 429, 204)
    expect(await deliver(MESSAGE, {url, patienceMs: 1})).toBeUndefined()
    expect(got.map(({headers}) => headers['webhook-id'])).toEqual(['r1.0.1', 'r1.0.1', 'r1.0.1'])
  })

  it('is not tried again where it is refused for good, and given up where nobody takes it', async () => {
    const refusing = await webhook(403)
    expect(await deliver(MESSAGE, {url: refusing.url, patienceMs: 1})).toMatchObject({message: 'it answers 403'})
    expect(refusing.got).toHaveLength(1)
    const broken = await webhook(500)
    expect(await deliver(MESSAGE, {url: broken.url, patienceMs: 1})).toMatchObject({message: 'it answers 500'})
    expect(broken.got).toHaveLength(6)
    expect(await deliver(MESSAGE, {url: `http://127.0.0.1:${await freePort()}/`, patienceMs: 1})).toMatchObject({
      message: 'nobody listens',
    })
  })

  it('is given up when there is no more time', async () => {
    const {url} = await webhook('never')
    const over = AbortSignal.timeout(50)
    expect(await deliver(MESSAGE, {url, signal: over})).toMatchObject({message: 'there was no more time'})
  })
})

describe('telling webhooks of a rollout', () => {
  const config = (...notifications: readonly NotificationConfig[]): Config => ({
    ...valid('sluice: 1\nsystem: shop\nservices: { a: }\nenvironments: { prod: }\n'),
    notifications,
  })
  const hook = (difference: Partial<NotificationConfig>): NotificationConfig => ({
    name: 'team',
    to: {urlFrom: 'HOOK_URL'},
    format: 'slack',
    events: ['step-started', 'rollout-ended'],
    template: '{step} {text}',
    ...difference,
  })
  const HAPPENS: readonly Event[] = [
    {at: 1, rollout: 'r1', code: 'step-started', step: 'a-1'},
    {at: 2, rollout: 'r1', code: 'share-seen', step: 'a-1', asked: 5, requests: 0, errors: 0, heldMs: 1, bakeMs: 2},
    {at: 3, rollout: 'r1', code: 'rollout-ended', as: 'succeeded'},
  ]

  const GONE: Who = {name: 'anna', host: hostname(), pid: 1, boot: 'an earlier one', started: '1'}
  const STARTED = {code: 'step-started', step: 'a-1'} as const
  const ENDED = {code: 'rollout-ended', as: 'succeeded'} as const

  let folder: string
  let record: State
  beforeEach(() => void (record = memoryState(clock)))
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sluice-outbox-'))))
  afterEach(() => rmSync(folder, {recursive: true}))

  async function told(notification: NotificationConfig, env: NodeJS.ProcessEnv): Promise<readonly Event[]> {
    const heard: Event[] = []
    await notifying(
      config(notification),
      'prod',
      event => heard.push(event),
      async emit => HAPPENS.forEach(event => emit(event)),
      {env, outbox: outboxIn(folder), receipts: receiptsIn(join(folder, 'receipts')), record: use => use(record)},
    )
    return heard
  }

  /** A rollout of which a process that is gone has written down all this. */
  async function left(by: Who, ...records: readonly Recorded[]): Promise<void> {
    const claim = {environment: 'prod', rollout: 'r0', owner: by, reason: '', moves: ['a'], touches: ['a'], ttlMs: 1}
    const lease = await record.acquire(claim)
    if (!lease.ok) throw new Error(lease.failure.message)
    const head = {id: 'r0', environment: 'prod', plan: planOf(), startedAt: clock.now()}
    await record.begin(lease.value, head, [{code: 'rollout-begun', by}, ...records])
  }

  it('sends what is wanted, in order, before it ends', async () => {
    const {url, got} = await webhook(200)
    expect(await told(hook({}), {HOOK_URL: url})).toEqual(HAPPENS)
    expect(got.map(({body}) => JSON.parse(body))).toEqual([{text: 'a-1 begins'}, {text: 'succeeded'}])
  })

  it('says once what could not be told, and never the address', async () => {
    const {url} = await webhook(404)
    const heard = await told(hook({}), {HOOK_URL: `${url}/secret`})
    expect(heard.slice(3)).toMatchObject([{code: 'notification-failed', to: 'team', message: 'it answers 404'}])
    expect(JSON.stringify(heard)).not.toContain('secret')
  })

  it.each([
    [{}, 'HOOK_URL is not set'],
    [{HOOK_URL: 'nowhere'}, 'HOOK_URL holds no address'],
    [{HOOK_URL: 'http://127.0.0.1:1'}, 'KEY is not set'],
  ])('says what is missing in %o', async (env, message) => {
    const heard = await told(hook({secretFrom: 'KEY'}), env)
    expect(heard.at(-1)).toMatchObject({code: 'notification-failed', message})
  })

  it('sends what an earlier process could not, first and under the same id, and once', async () => {
    const outbox = outboxIn(folder)
    const owed = (id: string, at: number, to = 'team') => ({id, to, body: `"${id}"`, at, rollout: 'r0', by: GONE})
    for (const one of [
      owed('b', Date.now()),
      owed('a', Date.now() - 9),
      owed('old', 1),
      owed('x', Date.now(), 'other'),
    ])
      outbox.keep(one)
    const {url, got} = await webhook(200)
    await told(hook({}), {HOOK_URL: url})
    expect(got.map(({headers}) => headers['webhook-id'])).toEqual(['a', 'b', 'r1.1.1', 'r1.3.3'])
    expect(outbox.left().map(({id}) => id)).toEqual(['x'])
  })

  it('leaves to whoever lives what it is to deliver, and forgets what was refused', async () => {
    const outbox = outboxIn(folder)
    outbox.keep({id: 'mine', to: 'team', body: '""', at: Date.now(), rollout: 'r0', by: whoAmI()})
    const refusing = await webhook(403)
    await told(hook({}), {HOOK_URL: refusing.url})
    expect(refusing.got).toHaveLength(2)
    expect(outbox.left().map(({id}) => id)).toEqual(['mine'])
  })

  it('sends what stands in the record and never came into the outbox, once, under the same id whoever sends it', async () => {
    const {url, got} = await webhook(200)
    await told(hook({}), {HOOK_URL: url})
    got.splice(0)
    await left(GONE, STARTED, {code: 'act-intended', step: 'a-1', act: {do: 'attach', pool: '2'}}, ENDED)
    await told(hook({}), {HOOK_URL: url})
    expect(got.map(({headers}) => headers['webhook-id'])).toEqual(['r0.2', 'r0.4', 'r1.1.1', 'r1.3.3'])
    await told(hook({}), {HOOK_URL: url})
    expect(got).toHaveLength(6)
  })

  it('goes on after what had come into the outbox', async () => {
    const {url, got} = await webhook(200)
    await told(hook({events: []}), {HOOK_URL: url})
    receiptsIn(join(folder, 'receipts')).note('team', 'r0', 2)
    await left(GONE, STARTED, ENDED)
    await told(hook({events: ['step-started', 'rollout-ended']}), {HOOK_URL: url})
    expect(got.map(({headers}) => headers['webhook-id'])).toEqual(['r0.3', 'r1.1.1', 'r1.3.3'])
  })

  it.each([
    ['of another machine, which tells it itself', {...GONE, host: 'elsewhere'}],
    ['of a process that lives', whoAmI()],
  ])('sends nothing %s', async (_, by) => {
    const {url, got} = await webhook(200)
    await told(hook({events: []}), {HOOK_URL: url})
    await left(by, STARTED, ENDED)
    await told(hook({}), {HOOK_URL: url})
    expect(got.map(({headers}) => headers['webhook-id'])).toEqual(['r1.1.1', 'r1.3.3'])
  })

  it('sends nothing that was written down before there was such a webhook', async () => {
    const {url, got} = await webhook(200)
    record = memoryState({now: () => clock.now() - 1000})
    await left(GONE, STARTED, ENDED)
    await told(hook({}), {HOOK_URL: url})
    expect(got.map(({headers}) => headers['webhook-id'])).toEqual(['r1.1.1', 'r1.3.3'])
  })

  it('forgets receipts that nobody needs any more, and never since when they are kept', () => {
    const receipts = receiptsIn(join(folder, 'receipts'))
    const since = receipts.since('team', 5)
    receipts.note('team', 'r0', 7)
    receipts.forget(0)
    expect(receipts.last('team', 'r0')).toBe(7)
    receipts.forget(Infinity)
    expect([receipts.last('team', 'r0'), receipts.since('team', 9)]).toEqual([0, since])
  })

  it('leaves other environments alone', async () => {
    const {url, got} = await webhook(200)
    await told(hook({environments: ['elsewhere']}), {HOOK_URL: url})
    expect(got).toEqual([])
  })
})
