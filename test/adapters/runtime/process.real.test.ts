import {readdirSync, readFileSync} from 'node:fs'
import {mkdir, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {once} from 'node:events'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {clock} from '../../../src/adapters/clock.ts'
import {identify} from '../../../src/adapters/processes/identity.ts'
import {processTable} from '../../../src/adapters/processes/machine.ts'
import {listens} from '../../../src/adapters/runtime/health.ts'
import {processRuntime} from '../../../src/adapters/runtime/process.ts'
import type {InstanceRecord} from '../../../src/adapters/runtime/process/record.ts'
import type {PoolSpec, Runtime} from '../../../src/ports/runtime.ts'
import {runtimeConformance, valueOf} from '../../conformance/runtime.ts'
import {eventually} from '../../support/eventually.ts'
import {openRig, type Rig} from '../../support/rig.ts'
import {processPool} from './process-pool.ts'

runtimeConformance('process', async () => {
  const rig = await openRig()
  const folder = `${rig.folder}/instances`
  return {
    open: () => processRuntime({folder, clock, env: rig.env}),
    pool: processPool,
    kill: async ({address}) => {
      const {pid} = (await (await fetch(`http://${address}/`)).json()) as {pid: number}
      process.kill(pid, 'SIGKILL')
    },
    end: rig.end,
  }
})

describe('instances as processes', () => {
  let rig: Rig
  let folder: string
  let runtime: Runtime
  const spec = processPool({})

  beforeEach(async () => {
    rig = await openRig()
    folder = `${rig.folder}/instances`
    runtime = await open()
  })
  afterEach(async () => {
    await runtime.stop(spec.service, spec.pool, 0)
    await rig.end()
  })

  const open = (more: object = {}) => processRuntime({folder, clock, env: rig.env, ...more})
  const start = async (pool: PoolSpec = spec) => valueOf(await runtime.start(pool))
  const read = async () => valueOf(await runtime.read(spec.service))
  const healthy = () =>
    eventually(async () => {
      const instances = await read()
      return instances.length > 0 && instances.every(({health}) => health === 'healthy') && instances
    })
  const recordNames = async () => (await readdir(folder)).filter(name => name.endsWith('.json'))
  const theRecord = async () => {
    const [name = ''] = await recordNames()
    return {
      path: `${folder}/${name}`,
      record: JSON.parse(await readFile(`${folder}/${name}`, 'utf8')) as InstanceRecord,
    }
  }
  const marked = () => processTable.marked('SLUICE_INSTANCE', `${folder}/`)

  describe('never take another process for their own', () => {
    const NOT_IT = {
      'one with the same number that started at another time': {started: '0000000000000001', said: 'nobody watched'},
      'one of another run of the machine': {boot: 'another', said: 'started anew'},
    }
    it.for(Object.entries(NOT_IT))('%s', async ([, {said, ...difference}]) => {
      const stranger = rig.hold(process.execPath, '-e', 'setInterval(() => {}, 1e6)')
      const id = await eventually(() => identify(stranger.pid ?? 0))
      const record: InstanceRecord = {
        sluiceInstance: 1,
        id: 'accounts-1.0.0-old',
        service: spec.service,
        pool: spec.pool,
        state: spec.state,
        rollout: 'r0',
        port: 1,
        attempt: 1,
        process: {...id, ...difference},
      }
      await writeFile(`${folder}/${record.id}.json`, JSON.stringify(record))
      expect(await read()).toMatchObject([{id: record.id, health: 'exited', detail: expect.stringContaining(said)}])
      valueOf(await runtime.stop(spec.service, spec.pool, 500))
      expect([stranger.exitCode, stranger.signalCode, await read()]).toEqual([null, null, []])
    })
  })

  it('are given little of our own environment', async () => {
    const env = {...rig.env, AWS_SECRET_ACCESS_KEY: 'secret', LC_ALL: 'C', REGION: 'eu'}
    runtime = await open({env, pass: ['REGION']})
    await start({...spec, run: {...spec.run, env: {LOG: 'info', PORT: '1', SLUICE_MODE: 'x'}}})
    const [instance] = await healthy()
    const given = (await (await fetch(`http://${instance?.address}/env`)).json()) as Record<string, string>
    expect(Object.keys(given).sort()).toEqual([
      'HOME',
      'LANG',
      'LC_ALL',
      'LOG',
      'PATH',
      'PORT',
      'REGION',
      'SLUICE_INSTANCE',
      'SLUICE_MODE',
      'SLUICE_RELEASE',
      'SLUICE_SERVICE',
      'TMPDIR',
    ])
    expect([given['PORT'], given['SLUICE_MODE']]).toEqual([instance?.address.split(':')[1], ''])
  })

  it('are found and stopped without their records, as after git clean', async () => {
    await start({...spec, replicas: 2})
    const before = await healthy()
    for (const name of await recordNames()) await rm(`${folder}/${name}`)
    runtime = await open()
    const idOf = ({id}: {readonly id: string}) => id
    expect((await read()).map(idOf).sort()).toEqual(before.map(idOf).sort())
    await start({...spec, replicas: 2})
    expect(await recordNames()).toHaveLength(2)
    expect(marked()).toHaveLength(2)
    expect(await healthy()).toMatchObject([{rollout: 'r1'}, {rollout: 'r1'}])
  })

  it('are the same by whatever way their folder is reached', async () => {
    await start()
    const [instance] = await healthy()
    await symlink(folder, `${rig.folder}/link`)
    const other = await processRuntime({folder: `${rig.folder}/link`, clock, env: rig.env})
    await rm((await theRecord()).path)
    expect(valueOf(await other.list())).toMatchObject([{id: instance?.id}])
  })

  describe('whose port somebody else took first', () => {
    /** Takes the port that the next record names, before its instance is there to bind it. */
    const thief = () => {
      const server = createServer(socket => socket.destroy())
      const passing = (instant: string) => {
        if (instant !== 'recorded' || server.listening) return
        const [name = ''] = readdirSync(folder).filter(file => file.endsWith('.json'))
        server.listen((JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as InstanceRecord).port, '127.0.0.1')
      }
      return {server, passing}
    }

    it('are started again on another one by whoever started them', async () => {
      const {server, passing} = thief()
      runtime = await open({passing})
      await start()
      const [instance] = await healthy()
      expect(instance?.address).not.toBe(`127.0.0.1:${(server.address() as {port: number}).port}`)
      expect(marked()).toHaveLength(1)
      server.close()
    })

    it('are started again by the next start', async () => {
      const {server, passing} = thief()
      await (await open({passing})).start(spec)
      await eventually(async () => (await read())[0]?.health === 'exited')
      await start()
      expect(await healthy()).toHaveLength(1)
      server.close()
    })

    it('are given up when it happens again and again', async () => {
      const taken = createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      const {port} = taken.address() as {port: number}
      await start(processPool({behaviour: {APP_PORT: String(port)}}))
      const seen = await eventually(async () => {
        const instances = await read()
        return instances[0]?.health === 'exited' && instances
      })
      expect(seen).toMatchObject([{detail: expect.stringContaining('EADDRINUSE')}])
      taken.close()
    })
  })

  it('say that they have to listen on PORT when nobody does', async () => {
    await start(processPool({behaviour: {APP_LISTEN_AFTER: '1000000'}}))
    expect(await read()).toMatchObject([{health: 'starting', detail: expect.stringContaining('PORT')}])
  })

  it('without a health path are healthy as soon as they listen', async () => {
    const {health: _health, ...run} = processPool({behaviour: {APP_HEALTH: 'ill'}}).run
    await start({...spec, run})
    expect(await healthy()).toHaveLength(1)
  })

  it.for(['near', 'away'])('take the children with them that they leave behind: %s', async where => {
    await start(processPool({behaviour: {APP_CHILD: where}}))
    await healthy()
    await eventually(() => marked().length === 2)
    const {record} = await theRecord()
    process.kill(record.process?.pid ?? 0, 'SIGKILL')
    await eventually(async () => (await read())[0]?.health === 'exited')
    expect(marked()).toHaveLength(1)
    valueOf(await runtime.stop(spec.service, spec.pool, 5000))
    expect(marked()).toEqual([])
  })

  it('keep their logs within bounds, and their last words', async () => {
    runtime = await open({logLimitBytes: 4000})
    await start(processPool({behaviour: {APP_LOG: '1000'}}))
    // All is written by then, and nothing that is written while the log is cut would be lost.
    await eventually(async () => listens(`127.0.0.1:${(await theRecord()).record.port}`))
    await read()
    const {record} = await theRecord()
    const log = `${folder}/${record.id}.log`
    expect((await stat(log)).size).toBeLessThanOrEqual(4000)
    expect((await stat(`${log}.old`)).size).toBeLessThanOrEqual(4000)
    expect(await readFile(`${log}.old`, 'utf8')).toContain('line 1000 of')
    process.kill(record.process?.pid ?? 0, 'SIGKILL')
    await eventually(async () => (await read())[0]?.health === 'exited')
    valueOf(await runtime.stop(spec.service, spec.pool, 0))
    expect((await readdir(folder)).filter(name => name.endsWith('.log'))).toHaveLength(1)
  })

  it('run in run.cwd below the folder of the release', async () => {
    await mkdir(`${rig.folder}/release`)
    await symlink(spec.folder ?? '', `${rig.folder}/release/app`)
    await start({...spec, folder: `${rig.folder}/release`, run: {...spec.run, cwd: 'app'}})
    expect(await healthy()).toHaveLength(1)
  })

  describe('that cannot be started say why, and leave nothing', () => {
    const {command: _command, ...withoutCommand} = spec.run
    const {folder: _folder, ...nowhere} = spec
    const wrong: Readonly<Record<string, readonly [PoolSpec, string, string]>> = {
      'no command': [{...spec, run: withoutCommand}, 'run.command is missing', 'program and arguments'],
      'no folder named': [nowhere, 'repo is missing', 'where its files are'],
      'no such folder': [{...spec, folder: '/nowhere/at/all'}, 'there is no folder /nowhere/at/all', 'run.cwd'],
      'no such program': [{...spec, run: {command: ['nodee']}}, 'program not found: nodee', 'PATH'],
      'no such file': [{...spec, run: {command: ['./nodee']}}, 'program not found: ./nodee', 'looked in'],
      'not executable': [{...spec, run: {command: ['./server.mjs']}}, 'not allowed to run', 'chmod'],
    }
    it.for(Object.keys(wrong))('%s', async which => {
      const [pool, message, hint] = wrong[which] ?? [spec, '', '']
      const started = await runtime.start(pool)
      expect(started).toMatchObject({
        ok: false,
        failure: {message: expect.stringContaining(message), hint: expect.stringContaining(hint)},
      })
      expect(await recordNames()).toEqual([])
      expect(await read()).toEqual([])
    })
  })

  it('say so when a record cannot be read', async () => {
    await writeFile(`${folder}/broken.json`, '{')
    expect(await runtime.list()).toMatchObject({
      ok: false,
      failure: {code: 'runtime-failed', message: expect.stringContaining('broken.json')},
    })
  })

  it('clear away what crashes left, and old logs but not all', async () => {
    for (const name of ['gone.healthy', 'gone.exit', 'gone.asked']) await writeFile(`${folder}/${name}`, '')
    for (let log = 0; log < 60; log++) await writeFile(`${folder}/gone-${log}.log`, '')
    await start()
    const names = await readdir(folder)
    expect(names.filter(name => name.startsWith('gone.'))).toEqual([])
    expect(names.filter(name => /^gone-.*log$/.test(name))).toHaveLength(50)
  })
})
