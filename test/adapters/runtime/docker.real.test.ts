import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {PoolSpec, Runtime} from '../../../src/ports/runtime.ts'
import {runtimeConformance, valueOf} from '../../conformance/runtime.ts'
import {dockerVersion, type Engine, ownEngine, sharedEngine} from '../../support/docker.ts'
import {eventually} from '../../support/eventually.ts'
import {openRig, type Rig} from '../../support/rig.ts'
import {dockerPool, dockerRig, openContainers} from './docker-rig.ts'

const isHere = dockerVersion() !== undefined

if (!isHere && process.env['CI'])
  throw new Error('docker is not installed, or may not be started: apt-get install docker.io')

const healthy = (runtime: Runtime, {service}: PoolSpec) =>
  eventually(async () => {
    const seen = valueOf(await runtime.read(service))
    return seen.length > 0 && seen.every(({health}) => health === 'healthy') && seen
  })

describe.skipIf(!isHere)('docker (needs the program dockerd, and root)', () => {
  runtimeConformance('docker', dockerRig, {concurrent: true})

  describe('containers', () => {
    let rig: Rig
    let engine: Engine
    let runtime: Runtime
    beforeAll(async () => {
      engine = await sharedEngine()
      rig = await openRig()
      runtime = await openContainers('docker', {socket: engine.socket}, {folder: rig.folder})
    })
    afterAll(() => rig.end())

    /** What Docker says of the only container. */
    const inspected = (format: string) => engine.docker('inspect', '-f', format, engine.docker('ps', '-aq'))

    it('are made as the file says, and labelled with all that they are', async () => {
      engine.docker('network', 'create', 'back')
      engine.docker('network', 'create', 'side')
      const spec = dockerPool(
        {release: '2.0.0', mode: 'v1', behaviour: {LOG: 'info'}},
        {
          volumes: ['data:/data', '/etc/hostname:/host:ro'],
          tmpfs: ['/tmp'],
          networks: ['back', 'side'],
          resources: {memoryBytes: 256e6, cpus: 0.5},
          user: '1000:1000',
          readOnly: true,
          restart: 'unless-stopped',
        },
      )
      valueOf(await runtime.start(spec))
      const [instance] = await healthy(runtime, spec)
      expect(JSON.parse(inspected('{{json .HostConfig}}'))).toMatchObject({
        Binds: ['data:/data', '/etc/hostname:/host:ro'],
        Tmpfs: {'/tmp': ''},
        Memory: 256e6,
        NanoCpus: 5e8,
        ReadonlyRootfs: true,
        RestartPolicy: {Name: 'unless-stopped'},
      })
      expect(JSON.parse(inspected('{{json .Config.Labels}}'))).toEqual({
        'sluice.system': 'shop',
        'sluice.environment': 'test',
        'sluice.service': 'accounts',
        'sluice.release': '2.0.0',
        'sluice.mode': 'v1',
        'sluice.pool': '2.0.0~v1',
        'sluice.rollout': 'r1',
        'sluice.ordinal': '1',
        'sluice.port': '8080',
        'sluice.health.path': '/healthz',
        'sluice.health.timeout': '30000',
      })
      expect(Object.keys(JSON.parse(inspected('{{json .NetworkSettings.Networks}}')) as object)).toEqual([
        'back',
        'side',
      ])
      expect(inspected('{{.Name}} {{.Config.User}}')).toBe('/shop-test-accounts-2.0.0_v1-1 1000:1000')
      expect(await (await fetch(`http://${instance?.address}/env`)).json()).toMatchObject({
        PORT: '8080',
        LOG: 'info',
        SLUICE_SERVICE: 'accounts',
        SLUICE_RELEASE: '2.0.0',
        SLUICE_MODE: 'v1',
      })
      valueOf(await runtime.stop(spec.service, spec.pool, 0))
      engine.docker('network', 'rm', 'back', 'side')
    })

    it('keep their address when they are started anew', async () => {
      const spec = dockerPool()
      valueOf(await runtime.start(spec))
      const [before] = await healthy(runtime, spec)
      engine.docker('restart', '-t', '0', before?.id ?? '')
      expect(await healthy(runtime, spec)).toEqual([before])
      valueOf(await runtime.stop(spec.service, spec.pool, 0))
    })

    it('may say by a command inside whether they are well', async () => {
      const test = ['node', '-e', "fetch('http://127.0.0.1:8080/healthz').then(a => process.exit(a.ok ? 0 : 7))"]
      const check = {test, intervalMs: 200, timeoutMs: 5000, retries: 1}
      const {health: _, ...run} = dockerPool({}, {healthcheck: check}).run
      const spec = {...dockerPool(), run}
      valueOf(await runtime.start(spec))
      const [instance] = await healthy(runtime, spec)
      await fetch(`http://${instance?.address}/ill`)
      const detail = await eventually(async () => valueOf(await runtime.read(spec.service))[0]?.detail)
      expect(detail).toMatch(/^its health check ended with code 7/)
      valueOf(await runtime.stop(spec.service, spec.pool, 0))
    })

    it('that cannot be started are not left behind, and the reason is told', async () => {
      const spec = dockerPool({}, {args: ['/no/such/program']})
      expect(await runtime.start(spec)).toMatchObject({
        ok: false,
        failure: {code: 'runtime-failed', message: expect.stringContaining('/no/such/program')},
      })
      expect(engine.docker('ps', '-aq')).toBe('')
    })

    it('need an image', async () => {
      const {image: _, ...run} = dockerPool().run
      expect(await runtime.start({...dockerPool(), run})).toMatchObject({
        failure: {code: 'driver-unable', message: expect.stringContaining('services.accounts.run.image is missing')},
      })
    })
  })

  it('fails with a hint while the engine is away, and finds what is left when it is back', async () => {
    const own = await ownEngine()
    try {
      const runtime = await openContainers('docker', {socket: own.socket}, {folder: own.folder})
      const spec = dockerPool()
      valueOf(await runtime.start(spec))
      const [before] = await healthy(runtime, spec)
      await own.halt()
      expect(await runtime.read(spec.service)).toMatchObject({
        ok: false,
        failure: {code: 'runtime-failed', hint: expect.stringContaining('start Docker there')},
      })
      await own.resume()
      expect(valueOf(await runtime.list())).toMatchObject([{id: before?.id, health: 'exited'}])
    } finally {
      await own.end()
    }
  })
})
