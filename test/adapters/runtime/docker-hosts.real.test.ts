import {chmod, mkdir, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {lookAtEngine} from '../../../src/adapters/doctor/engine.ts'
import type {Runtime} from '../../../src/ports/runtime.ts'
import {valueOf} from '../../conformance/runtime.ts'
import {freePort} from '../../support/ports.ts'
import {certificatesIn} from '../../support/certificates.ts'
import {dockerVersion, type Engine, type OwnEngine, ownEngine, sharedEngine} from '../../support/docker.ts'
import {eventually} from '../../support/eventually.ts'
import {type ImageRegistry, imageRegistry} from '../../support/image-registry.ts'
import {openRig, type Rig} from '../../support/rig.ts'
import {hasSshd, type SshHost, sshHost} from '../../support/sshd.ts'
import {dockerPool, openContainers} from './docker-rig.ts'

const isHere = dockerVersion() !== undefined

if (process.env['CI'] && !hasSshd()) throw new Error('sshd is not installed: apt-get install openssh-server')

describe.skipIf(!isHere)('docker on other hosts (needs the program dockerd, and root)', () => {
  let rig: Rig
  let near: Engine
  let far: OwnEngine
  let farHost: string
  const tls = {ca: 'ca.pem', cert: 'client.pem', key: 'client-key.pem'}

  beforeAll(async () => {
    rig = await openRig()
    certificatesIn(rig.folder)
    near = await sharedEngine()
    farHost = `tcp://127.0.0.1:${await freePort()}`
    const files = [
      `--tlscacert=${rig.folder}/ca.pem`,
      `--tlscert=${rig.folder}/server.pem`,
      `--tlskey=${rig.folder}/server-key.pem`,
    ]
    far = await ownEngine(['--tlsverify', ...files, `--host=${farHost}`])
  })
  afterAll(async () => {
    await far.end()
    await rig.end()
  })

  const open = (options: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv = rig.env) =>
    openContainers('docker', options, {folder: rig.folder, env})
  const namesOn = ({docker}: Engine) => docker('ps', '-a', '--format', '{{.Names}}').split('\n').filter(Boolean).sort()
  const started = async (runtime: Runtime, replicas: number) => {
    const spec = dockerPool({replicas})
    valueOf(await runtime.start(spec))
    return eventually(async () => {
      const seen = valueOf(await runtime.read(spec.service))
      return seen.length === replicas && seen.every(({health}) => health === 'healthy') && seen
    })
  }

  it('by TLS, where both sides know each other; and not otherwise', async () => {
    const runtime = await open({host: farHost, tls})
    expect(await started(runtime, 1)).toMatchObject([{address: expect.stringMatching(/^127\.0\.0\.1:2\d{4}$/)}])
    valueOf(await runtime.stop('accounts', '1.0.0', 0))
    expect(await (await open({host: farHost})).list()).toMatchObject({ok: false, failure: {code: 'runtime-failed'}})
    const stranger = await open({host: farHost, tls: {...tls, ca: 'client.pem'}})
    expect(await stranger.list()).toMatchObject({failure: {message: expect.stringContaining('certificate')}})
  })

  it('by TLS as the environment says it, for doctor', async () => {
    const folder = join(rig.folder, 'docker-certificates')
    await mkdir(folder)
    const names = {'ca.pem': tls.ca, 'cert.pem': tls.cert, 'key.pem': tls.key}
    for (const [name, file] of Object.entries(names)) await symlink(join(rig.folder, file), join(folder, name))
    const secure = {DOCKER_HOST: farHost, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder}
    expect(await lookAtEngine(true, secure)).toMatchObject({
      level: 'good',
      text: expect.stringContaining(`${dockerVersion()} at ${farHost}, API `),
    })
    expect(await lookAtEngine(true, {DOCKER_HOST: farHost})).toMatchObject({level: 'bad'})
    expect(await lookAtEngine(false, {DOCKER_HOST: farHost})).toMatchObject({level: 'note'})
  })

  it('has the replicas of a pool spread over several hosts, and fills up what is missing', async () => {
    const runtime = await open({hosts: [`unix://${near.socket}`, farHost], tls})
    const seen = await started(runtime, 3)
    expect(new Set(seen.map(({address}) => address)).size).toBe(3)
    expect(namesOn(near)).toEqual(['shop-test-accounts-1.0.0-1', 'shop-test-accounts-1.0.0-3'])
    expect(namesOn(far)).toEqual(['shop-test-accounts-1.0.0-2'])
    far.docker('rm', '-f', 'shop-test-accounts-1.0.0-2')
    await started(runtime, 3)
    expect(namesOn(far)).toEqual(['shop-test-accounts-1.0.0-2'])
    valueOf(await runtime.stop('accounts', '1.0.0', 0))
    expect([...namesOn(near), ...namesOn(far)]).toEqual([])
  })

  describe.skipIf(!hasSshd())('by SSH (needs the program sshd)', () => {
    let host: SshHost
    beforeAll(async () => {
      host = await sshHost(rig.folder, `docker -H unix://${near.socket} system dial-stdio`)
    })
    afterAll(() => host.end())

    it('with the keys and hosts that ssh knows', async () => {
      const runtime = await open({host: host.address}, host.env())
      expect(await started(runtime, 2)).toHaveLength(2)
      const asked = await lookAtEngine(true, {...host.env(), DOCKER_HOST: host.address})
      expect(asked).toMatchObject({level: 'good', text: expect.stringContaining(`at ${host.address}, API `)})
      valueOf(await runtime.stop('accounts', '1.0.0', 0))
      expect(namesOn(near)).toEqual([])
    })

    it('and never with a host that ssh does not know', async () => {
      const runtime = await open({host: host.address}, host.env(false))
      expect(await runtime.list()).toMatchObject({
        failure: {
          message: expect.stringContaining('Host key verification failed'),
          hint: expect.stringContaining('by hand'),
        },
      })
    })
  })

  describe('images', () => {
    let registry: ImageRegistry
    const who = {name: 'deployer', password: 'let:me:in'}
    beforeAll(async () => {
      registry = await imageRegistry(rig.folder, who)
      await mkdir(`${rig.folder}/bin`, {recursive: true})
    })
    afterAll(() => registry.end())

    const auth = () => Buffer.from(`${who.name}:${who.password}`).toString('base64')
    const prepare = async (config: object) => {
      await rig.write('.docker/config.json', JSON.stringify(config))
      const env = {...rig.env, PATH: `${rig.folder}/bin:${rig.env['PATH']}`}
      const spec = dockerPool({}, {image: `${registry.address}/acme/tiny:{version}`})
      const told: string[] = []
      const prepared = await (await open({socket: far.socket}, env)).prepare?.(spec, message => told.push(message))
      return {prepared, told}
    }
    const images = () => far.docker('images', '--format', '{{.Repository}}:{{.Tag}}', `${registry.address}/acme/tiny`)

    it('are pulled with what the user logged in with, once, and the progress is told', async () => {
      const {prepared, told} = await prepare({auths: {[registry.address]: {auth: auth()}}})
      expect(prepared).toMatchObject({ok: true})
      expect(images()).toBe(`${registry.address}/acme/tiny:1.0.0`)
      expect(told[0]).toMatch(/^pulling 127\.0\.0\.1:\d+\/acme\/tiny:1\.0\.0: \d+ of \d+ MB$/)
      const asked = registry.admitted.length
      expect((await prepare({})).prepared).toMatchObject({ok: true})
      expect(registry.admitted).toHaveLength(asked)
      far.docker('rmi', `${registry.address}/acme/tiny:1.0.0`)
    })

    it.for(['credHelpers', 'credsStore'])('are pulled with what a helper knows: %s', async key => {
      const helper = await rig.write(
        'bin/docker-credential-vault',
        `#!/bin/sh\nread server\n[ "$1 $server" = "get ${registry.address}" ] && echo '{"Username":"${who.name}","Secret":"${who.password}"}'\n`,
      )
      await chmod(helper, 0o755)
      const config = key === 'credsStore' ? {credsStore: 'vault'} : {credHelpers: {[registry.address]: 'vault'}}
      expect((await prepare(config)).prepared).toMatchObject({ok: true})
      far.docker('rmi', `${registry.address}/acme/tiny:1.0.0`)
    })

    it('that nobody may have are refused, and the hint says to log in', async () => {
      expect((await prepare({})).prepared).toMatchObject({
        failure: {
          code: 'runtime-failed',
          message: expect.stringContaining('acme/tiny:1.0.0'),
          hint: expect.stringContaining('docker login'),
        },
      })
    })
  })
})
