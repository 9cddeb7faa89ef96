import {readFile} from 'node:fs/promises'
import {once} from 'node:events'
import {connect, createServer, type Socket} from 'node:net'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Cell} from '../../../src/core/matrix/cell.ts'
import {dockerVersion, type Engine, sharedEngine} from '../../support/docker.ts'
import {eventually} from '../../support/eventually.ts'
import {imageRegistry} from '../../support/image-registry.ts'
import {type Files, type MatrixRig, matrixRig, writeAll} from '../../support/matrix-rig.ts'
import {NPM_IMAGE, npmImage} from '../../support/npm-image.ts'
import {type Registry, startRegistry} from '../../support/registry.ts'

const MANIFEST = {name: 'service', version: '1.0.0', dependencies: {lib: '^1.0.0'}, scripts: {test: 'node test.cjs'}}

describe.skipIf(dockerVersion() === undefined && !process.env['CI'])('cells in containers, on a real engine', () => {
  let registry: Registry
  let rig: MatrixRig
  let engine: Engine
  let lock: string

  beforeAll(async () => {
    registry = await startRegistry()
    rig = await matrixRig(registry.url)
    engine = await sharedEngine()
    npmImage(engine)
    const lib = (version: string) => ({name: 'lib', version, files: {'index.js': `module.exports = '${version}'`}})
    await registry.publish(lib('1.0.0'))
    const start = await rig.repository('start', {main: {'package.json': JSON.stringify(MANIFEST)}})
    await rig.run(start, 'npm', 'install', '--package-lock-only')
    lock = await readFile(join(start, 'package-lock.json'), 'utf8')
    await registry.publish(lib('1.1.0'))
  })

  afterAll(async () => {
    await rig?.close()
    await registry?.close()
  })

  const service = (test: string, more: Files = {}): Files => ({
    'package.json': JSON.stringify(MANIFEST),
    'package-lock.json': lock,
    'test.cjs': test,
    ...more,
  })

  /** The registry of the test listens on this machine, so that cells are in its network while they fetch. */
  async function cellsOf(name: string, test: string, container = 'offline: true', asked = {}, lines = '') {
    await rig.repository(name, {main: service(test)})
    const settings = `container: {image: "${NPM_IMAGE}", network: host, ${container}}${lines}`
    const [report] = await rig.matrix(`${name}: {repo: ${name}, matrix: {prod: main, ${settings}}}`, {
      env: {...rig.env, DOCKER_HOST: `unix://${engine.socket}`, NPM_TOKEN: 'secret', SECRET: 'secret'},
      ...asked,
    })
    return report?.cells ?? []
  }

  async function oneCell(...args: Parameters<typeof cellsOf>): Promise<Cell | undefined> {
    const [name, test, container, asked, lines] = args
    return (await cellsOf(name, test, container, {cells: ['prod+pinned'], ...asked}, lines))[0]
  }

  const logOf = async (cell: Cell | undefined) => readFile(cell?.log ?? '', 'utf8')
  const left = () => engine.docker('ps', '--all', '--quiet', '--filter', 'label=sluice.matrix')

  it('answers all four, and leaves nothing behind', async () => {
    const cells = await cellsOf('four', `process.exit(require('lib') === '1.0.0' ? 0 : 1)`)
    expect(cells.map(cell => cell.outcome)).toEqual(['passed', 'failed', 'passed', 'failed'])
    expect(cells[1]?.changed).toEqual([{name: 'lib', from: '1.0.0', to: '1.1.0'}])
    expect(left()).toBe('')
  })

  it('keeps this machine, its secrets and, on wish, the network out', async () => {
    const cell = await oneCell(
      'closed',
      `const {readdirSync, readFileSync} = require('node:fs')
       const said = {
         variables: Object.entries(process.env).join(),
         root: readdirSync('/'),
         capabilities: readFileSync('/proc/self/status', 'utf8').match(/CapEff:\\s*(\\w+)/)[1],
       }
       fetch('${registry.url}').then(() => 'reached', () => 'cut').then(network => console.log(JSON.stringify({...said, network})))`,
    )
    const said: unknown = JSON.parse(/^\{"variables".*$/m.exec(await logOf(cell))?.[0] ?? '{}')
    expect(said).toEqual({
      variables: expect.not.stringMatching(/secret|NPM_TOKEN/),
      root: expect.not.arrayContaining(['root', 'home']),
      capabilities: '0000000000000000',
      network: 'cut',
    })
  })

  it('has a network for tests where nobody forbids it', async () => {
    const reach = `fetch('${registry.url}').then(() => process.exit(0), () => process.exit(3))`
    expect(await oneCell('connected', reach, 'offline: false')).toMatchObject({outcome: 'passed'})
  })

  it('says so where a cell takes more memory than it may', async () => {
    const greedy = `const held = []; for (;;) held.push(Buffer.alloc(1 << 24, 1))`
    const cell = await oneCell('greedy', greedy, 'memory: 200m')
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'resources'}})
    expect(left()).toBe('')
  })

  it('ends what takes too long, and everything it started', async () => {
    const hanging = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {detached: true, stdio: 'ignore'}); setInterval(() => {}, 1000)`
    // Nothing but the tests has to be done within the time.
    const lines = ', pinned: node --version, test: node test.cjs'
    const cell = await oneCell('hanging', hanging, 'offline: true', {timeoutMs: 6000}, lines)
    expect(cell).toMatchObject({outcome: 'error', noAnswer: {code: 'out-of-time'}})
    expect(left()).toBe('')
  })

  it('have no answer where the engine goes away in the middle', async () => {
    const way = await wayTo(engine.socket, join(rig.folder, 'way.sock'))
    const env = {...rig.env, DOCKER_HOST: `unix://${way.path}`}
    const cell = oneCell('away', 'setInterval(() => {}, 1000)', 'offline: true', {env})
    await eventually(() => engine.docker('ps', '--filter', 'label=sluice.matrix').includes('npm test'))
    way.cut()
    const text = expect.stringContaining(`docker at unix://${way.path} does not answer`)
    expect(await cell).toMatchObject({outcome: 'error', noAnswer: {code: 'no-container', text}})
    const orphans = left()
    if (orphans !== '') engine.docker('rm', '--force', ...orphans.split('\n'))
  })

  it('pulls the image with what the user logged in with', async () => {
    const who = {name: 'tester', password: 'let:me:in'}
    const images = await imageRegistry(rig.folder, who)
    const image = `${images.address}/acme/tiny:1.0.0`
    const auth = Buffer.from(`${who.name}:${who.password}`).toString('base64')
    await writeAll(join(rig.folder, 'docker'), {
      'config.json': JSON.stringify({auths: {[images.address]: {auth}}}),
    })
    const env = {...rig.env, DOCKER_HOST: `unix://${engine.socket}`, DOCKER_CONFIG: join(rig.folder, 'docker')}
    try {
      await rig.repository('private', {main: service('')})
      const settings = `prod: main, container: {image: "${image}"}`
      const [report] = await rig.matrix(`private: {repo: private, matrix: {${settings}}}`, {env})
      // There is nothing in it but one file: it has been pulled, and cannot run npm.
      expect(report?.cells[0]?.noAnswer?.code).toBe('program-missing')
      expect(images.admitted.length).toBeGreaterThan(0)
    } finally {
      engine.docker('rmi', '--force', image)
      await images.end()
    }
  })

  it('says so where there is no such image, no such program, and no engine', async () => {
    await rig.repository('bare', {main: service('')})
    const answer = async (settings: string, host = `unix://${engine.socket}`) => {
      const asked = {cells: ['prod+pinned'] as const, env: {...rig.env, DOCKER_HOST: host}}
      const [report] = await rig.matrix(`bare: {repo: bare, matrix: {prod: main, ${settings}}}`, asked)
      return report?.cells[0]?.noAnswer?.code
    }
    const image = (name: string) => `container: {image: "${name}", network: host}`
    expect(await answer(image('sluice/nothing:1'))).toBe('image-missing')
    expect(await answer(image(NPM_IMAGE), 'unix:///nowhere.sock')).toBe('no-container')
    expect(await answer(image(NPM_IMAGE), 'tcp://elsewhere:2376')).toBe('no-container')
    expect(await answer(`test: nothing-like-this, ${image(NPM_IMAGE)}`)).toBe('test-missing')
  })
})

/** Another way to a socket, which can be cut while what is behind it goes on. */
async function wayTo(socket: string, path: string): Promise<{readonly path: string; cut(): void}> {
  const ends = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(socket)
    near.pipe(far).pipe(near)
    for (const end of [near, far]) ends.add(end.on('error', () => {}))
  }).listen(path)
  await once(server, 'listening')
  return {
    path,
    cut() {
      server.close()
      for (const end of ends) end.destroy()
    },
  }
}
