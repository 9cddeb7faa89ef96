import {once} from 'node:events'
import {readFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import {Webhook as Standard} from 'standardwebhooks'
import {expect, it} from 'vitest'
import {eventually} from '../support/eventually.ts'
import {openRig, type Ran, type Rig} from '../support/rig.ts'
import {shop} from '../support/shop.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const BIN = join(process.cwd(), 'bin/run.js')

/** Writes down that it was run, and what it was told. */
const HOOK = `import {appendFileSync} from 'node:fs'
const {SLUICE_HOOK, SLUICE_SERVICE, SLUICE_MOVES, SLUICE_RELEASE} = process.env
appendFileSync('hooks.log', [SLUICE_HOOK, SLUICE_SERVICE, SLUICE_MOVES, SLUICE_RELEASE].join(' ') + '\\n')
console.log('the token is ' + process.env.API_TOKEN)
`

/** A shop with every hook there is, a client that forgets, and a webhook that is told all that it asks for. */
async function toldShop(rig: Rig, url: string): Promise<void> {
  await shop(rig)
  await rig.write('hook.mjs', HOOK)
  const file = await readFile(join(rig.folder, 'sluice.yaml'), 'utf8')
  const hooks = ['expand', 'before', 'contract', 'after', 'back'].map(name => `${name}: node hook.mjs`).join(', ')
  await rig.write(
    'sluice.yaml',
    file
      .replace(
        '    role: critical\n',
        `    role: critical\n    data: cached\n    invalidate: forget\n    hooks: { ${hooks} }\n`,
      )
      .replace('    role: backend\n', '    role: backend\n    hooks: { forget: node hook.mjs }\n')
      .replace(
        'environments:\n',
        `notifications: [{ name: team, url: "${url}", secretFrom: HOOK_SECRET, events: [step-started, taking-back, rollout-ended] }]\nenvironments:\n`,
      ),
  )
}

/** The webhook: `false` from `answer` is a 503, and no answer at all is none. */
async function webhook(answer: (nth: number) => boolean | undefined) {
  const got: {id: string; text: string; type: string}[] = []
  const verifier = new Standard(SECRET)
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => void (body += String(chunk)))
    request.on('end', () => {
      const {text, type} = verifier.verify(body, request.headers as Record<string, string>) as {
        text: string
        type: string
      }
      got.push({id: String(request.headers['webhook-id']), text, type})
      const taken = answer(got.length)
      if (taken !== undefined) response.writeHead(taken ? 204 : 503).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const end = async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got, end}
}

const command = (...args: readonly string[]) => [
  `HOOK_SECRET=${SECRET}`,
  'API_TOKEN=s3cret-token',
  process.execPath,
  BIN,
  ...args,
]

it('hooks and webhooks, by the command: each once, in its place, signed, and delivered by the next where one was killed', async () => {
  const rig = await openRig()
  let isAway = false
  const hook = await webhook(nth => (isAway ? undefined : nth !== 1))
  const sluice = (...args: readonly string[]): Promise<Ran> => rig.run('env', ...command(...args))
  const hooks = async () => (await readFile(join(rig.folder, 'hooks.log'), 'utf8').catch(() => '')).trim().split('\n')
  try {
    await toldShop(rig, hook.url)
    const up = await sluice('apply', '--yes', '--to', 'accounts=2.0.0', '--to', 'billing=1.0.0')
    expect(up.code, up.stderr).toBe(0)
    const firsts = ['expand', 'before', 'contract', 'after'].map(name => `${name} accounts accounts 1.0.0`)
    const seconds = ['expand', 'before', 'contract', 'after'].map(name => `${name} accounts accounts 2.0.0`)
    const ran = await hooks()
    expect(ran.filter(line => line.endsWith('2.0.0'))).toEqual([...seconds, 'forget of billing billing accounts 2.0.0'])
    expect(ran.filter(line => line.endsWith('1.0.0') && line.includes(' accounts accounts '))).toEqual(firsts)
    // The first one was refused once, and is the same the second time.
    expect(hook.got[0]).toEqual(hook.got[1])
    expect(hook.got.map(({type}) => type)).toContain('rollout-ended')

    isAway = true
    const back = rig.hold('env', ...command('apply', '--yes', '--to', 'accounts=3.0.0', '--to', 'billing=1.0.0'))
    let said = ''
    back.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    back.stdout?.resume()
    // The first message hangs, so the others wait behind it until nobody is there to send them.
    await eventually(() => /^failed: /m.test(said))
    const owed = hook.got.at(-1)
    back.kill('SIGKILL')
    await eventually(() => back.signalCode !== null)
    isAway = false
    const told = hook.got.length
    const resumed = await sluice('rollout', 'resume')
    expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringContaining('has ended: failed')])
    const later = hook.got.slice(told)
    expect(later[0]).toEqual(owed)
    expect(later.map(({type}) => type)).toEqual(['step-started', 'taking-back', 'rollout-ended'])
    expect((await hooks()).filter(line => line.startsWith('back'))).toEqual(['back accounts accounts 3.0.0'])

    // Killed right after the beginning of its first step is on disk, and before anybody is told: the next command tells.
    const dying = pathToFileURL(resolve('test/support/dying.mjs')).href
    const forth = ['apply', '--yes', '--to', 'accounts=1.0.0', '--to', 'billing=1.0.0']
    const [, , node = '', ...rest] = command(...forth)
    const cut = await rig.run('env', `HOOK_SECRET=${SECRET}`, node, '--import', `${dying}?at=3&when=after`, ...rest)
    const last = hook.got.length
    const gone = await sluice('rollout', 'resume', '--hook', 'accounts-1/before=again')
    expect([cut.code, gone.code], gone.stderr).toEqual([null, 0])
    const types = hook.got.slice(last).map(({type}) => type)
    expect(types).toEqual(['step-started', 'rollout-ended'])

    const shown = await sluice('rollout', 'list', '--json')
    expect(shown.stdout + up.stderr + up.stdout + said).not.toContain('s3cret-token')
  } finally {
    await hook.end()
    await rig.sweep()
    await rig.end()
  }
})
