import {spawnSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv} from 'ajv'
import {describe, expect, it} from 'vitest'
import {clock} from '../../../src/adapters/clock.ts'
import {openRuntime} from '../../../src/adapters/runtime/registry.ts'
import {runtimeConformance, valueOf} from '../../conformance/runtime.ts'
import {openRig, type Rig, rigged} from '../../support/rig.ts'
import {processPool} from './process-pool.ts'

const PROGRAM = join(process.cwd(), 'test/fixtures/runtime/instances.mjs')

function commandsOf(folder: string) {
  const verb = (name: string) => [process.execPath, PROGRAM, folder, name]
  return {start: verb('start'), stop: verb('stop'), status: verb('status')}
}

async function open(rig: Rig, options: Readonly<Record<string, unknown>> = commandsOf(`${rig.folder}/instances`)) {
  const place = {system: 'shop', environment: 'test', file: `${rig.folder}/sluice.yaml`, folder: `${rig.folder}/own`}
  return openRuntime({driver: 'command', options}, {...place, clock, env: rig.env})
}

runtimeConformance('command', async () => {
  const rig = await openRig()
  return {
    open: async () => valueOf(await open(rig)),
    pool: processPool,
    kill: async ({id}) => {
      process.kill(Number(readFileSync(`${rig.folder}/instances/${id}.pid`, 'utf8')), 'SIGKILL')
    },
    end: rig.end,
  }
})

describe('a command runtime', () => {
  const status = async (script: string) => {
    const rig = await rigged()
    const path = await rig.write('status.mjs', script)
    return listed(rig, {status: [process.execPath, path], timeout: '20s'})
  }
  const listed = async (rig: Rig, options: Readonly<Record<string, unknown>>) => {
    const runtime = valueOf(await open(rig, {start: 'true', stop: 'true', ...options}))
    const answer = await runtime.list()
    return answer.ok ? answer.value : `${answer.failure.message}\n${answer.failure.hint ?? ''}`
  }
  const answering = (answer: unknown) => status(`console.log(${JSON.stringify(JSON.stringify(answer))})`)
  const good = {id: 'a', service: 's', release: '1.0.0', mode: null, rollout: 'r', address: 'h:1', state: 'exited'}

  it('names the command that failed, and the end of what it said', async () => {
    const said = await status(`console.error('cannot reach the cluster'); process.exit(7)`)
    expect(said).toMatch(/^the status command .*status\.mjs ended with code 7:\ncannot reach the cluster/)
  })

  it('ends a command that takes too long', async () => {
    // A shell has said it at once, however busy the machine is.
    const thinking = ['sh', '-c', 'echo still thinking >&2; exec sleep 1000']
    expect(await listed(await rigged(), {status: thinking, timeout: '3s'})).toMatch(
      /was not done within 3s:\nstill thinking/,
    )
  })

  it('names a program that is not there', async () => {
    const rig = await rigged()
    const runtime = valueOf(await open(rig, {start: 'ops/start', stop: 'true', status: 'true'}))
    const started = await runtime.start(processPool({}))
    expect(started.ok ? '' : started.failure.message).toBe(
      'the start command ops/start was not started: program not found: ops/start',
    )
  })

  it.each([
    ['hello', 'it printed "hello", which is no JSON document'],
    [{sluiceRuntime: 2, instances: []}, 'sluiceRuntime is 2, and must be 1'],
    [{sluiceRuntime: 1}, 'instances is missing, and must be a list'],
    [{sluiceRuntime: 1, instances: [good, {...good, id: 'b', state: 'up'}]}, 'instances[1].state is "up"'],
    [{sluiceRuntime: 1, instances: [{...good, address: 'http://h'}]}, 'instances[0].address is "http://h"'],
    [{sluiceRuntime: 1, instances: [{...good, mode: undefined}]}, 'instances[0].mode is missing'],
    [{sluiceRuntime: 1, instances: [good, good]}, 'two instances have the id "a"'],
  ])('refuses the answer %j', async (answer, why) => {
    expect(typeof answer === 'string' ? await status(`console.log('${answer}')`) : await answering(answer)).toContain(
      why,
    )
  })

  it('reads what the protocol allows', async () => {
    expect(await answering({sluiceRuntime: 1, instances: [{...good, detail: 'why', more: 1}]})).toEqual([
      expect.objectContaining({id: 'a', pool: '1.0.0', health: 'exited', detail: 'why'}),
    ])
  })

  it('says everything that is wrong with its options', async () => {
    const rig = await rigged()
    const opened = await open(rig, {start: 'a | b', timeout: 5})
    expect(opened.ok ? [] : opened.failure.problems?.map(({message}) => message)).toEqual([
      'environments.test.runtime: start: "a | b"',
      'environments.test.runtime: timeout: 5',
    ])
    const partly = await open(rig, {start: 'a'})
    expect(partly.ok ? [] : partly.failure.problems?.map(({message}) => message)).toEqual([
      'environments.test.runtime: stop is missing',
      'environments.test.runtime: status is missing',
    ])
  })

  it('asks and is answered as the schema says', async () => {
    const rig = await rigged()
    const asked = `${rig.folder}/asked`
    mkdirSync(asked)
    const script = await rig.write(
      'note.mjs',
      `import {readFileSync, writeFileSync} from 'node:fs'
const text = readFileSync(0, 'utf8')
writeFileSync(${JSON.stringify(asked)} + '/' + JSON.parse(text).do + '.json', text)
console.log('{"sluiceRuntime": 1, "instances": []}')`,
    )
    const note = [process.execPath, script]
    const runtime = valueOf(await open(rig, {start: note, stop: note, status: note}))
    valueOf(await runtime.start(processPool({mode: 'v1'})))
    valueOf(await runtime.stop('accounts', '1.0.0~v1', 1000))
    valueOf(await runtime.list())
    const ajv = new Ajv({strict: false})
    ajv.addSchema(JSON.parse(readFileSync('schema/sluice.runtime.schema.json', 'utf8')) as object, 'runtime')
    const errorsOf = (kind: string, document: unknown) => {
      const validate = ajv.getSchema(`runtime#/definitions/${kind}`)
      return validate?.(document) ? [] : (validate?.errors ?? ['no such definition'])
    }
    expect(readdirSync(asked).sort()).toEqual(['start.json', 'status.json', 'stop.json'])
    for (const verb of ['start', 'stop', 'status'])
      expect(errorsOf(verb, JSON.parse(readFileSync(`${asked}/${verb}.json`, 'utf8'))), verb).toEqual([])
    const {stdout} = spawnSync(process.execPath, [PROGRAM, `${rig.folder}/none`, 'status'], {
      input: readFileSync(`${asked}/status.json`),
      encoding: 'utf8',
    })
    expect(errorsOf('instances', JSON.parse(stdout))).toEqual([])
    expect(errorsOf('instances', {sluiceRuntime: 1, instances: [{...good, state: 'up'}]})).not.toEqual([])
  })
})
