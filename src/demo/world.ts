import {randomInt} from 'node:crypto'
import {cp, mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import getPort, {portNumbers} from 'get-port'
import {parse, stringify} from 'yaml'
import {ok, type Result} from '../core/base/result.ts'
import {shipped} from '../adapters/package.ts'
import {type Images, makeImages, type Tagged} from './image.ts'

/** The demo system, laid out in a folder: a `sluice.yaml`, a database file and four git repositories. */
export interface DemoWorld {
  readonly folder: string
  readonly config: string
  /** Where the traffic goes: `host:port` of the web client behind its balancer. */
  readonly front: string
  /** The configuration of a HAProxy for it. */
  readonly proxy: string
  /** Where its instances are containers. */
  readonly images?: Images
}

interface ReleaseFiles {
  readonly release: Readonly<Record<string, unknown>>
  readonly speaks: Readonly<Record<string, unknown>>
}

type Repositories = Readonly<
  Record<string, {readonly program: string; readonly releases: Readonly<Record<string, ReleaseFiles>>}>
>

const LOOPBACK = '127.0.0.1'
const ROUTED = ['accounts', 'orders', 'catalog', 'web'] as const

/** What the demo runs with. */
export interface DemoDrivers {
  readonly balancer: 'embedded' | 'haproxy'
  readonly runtime: 'process' | 'docker'
}

/** What differs in the demo's `sluice.yaml`. HAProxy measures no latency, and who still calls stands in its log. */
const BALANCERS: Readonly<Record<DemoDrivers['balancer'], Readonly<Record<string, string>>>> = {
  embedded: {balancer: '{ driver: embedded }', latency: ', { p95: "< 500ms" }', usage: ''},
  haproxy: {
    balancer: '{ driver: haproxy, socket: haproxy.sock }',
    latency: '',
    usage:
      'usage:\n  sources: { haproxy: { file: haproxy.log, format: haproxy } } # who still calls an old version\n\n',
  },
}

/** Makes the demo system in an empty folder. */
export async function makeWorld(folder: string, {balancer, runtime}: DemoDrivers): Promise<Result<DemoWorld>> {
  const repositories = parse(await template('releases.yaml')) as Repositories
  const making = Object.keys(repositories).map(name => makeRepository(folder, name, repositories[name]!))
  // Where one fails, the folder is removed: nobody may still write there.
  await Promise.allSettled(making)
  await Promise.all(making)
  const made = runtime === 'docker' ? await makeImages(folder, releasesIn(repositories)) : undefined
  if (made && !made.ok) return made
  const images = made?.value
  const ports = await freePorts(ROUTED.length)
  const named = {
    folder,
    host: images?.gateway ?? LOOPBACK,
    runtime: images ? `{ driver: docker, host: "${images.engine}" }` : '{ driver: process }',
    ...Object.fromEntries(ROUTED.map(name => [`${name}Run`, runOf(name, folder, images)])),
    ...BALANCERS[balancer],
    ...Object.fromEntries(ROUTED.map((name, index) => [name, String(ports[index])])),
  }
  await writeFile(join(folder, 'accounts.json'), JSON.stringify(people(), null, 1))
  await writeFile(join(folder, 'sluice.yaml'), fill(await template('sluice.yaml'), named))
  return ok({
    folder,
    config: join(folder, 'sluice.yaml'),
    front: `${named.host}:${ports[ROUTED.indexOf('web')]}`,
    proxy: fill(await template('haproxy.cfg'), named),
    ...(images && {images}),
  })
}

function releasesIn(repositories: Repositories): readonly Tagged[] {
  return Object.entries(repositories).flatMap(([service, {releases}]) =>
    Object.keys(releases).map(version => ({service, version})),
  )
}

/** How instances of a service are run: as a program of its checkout, or as a container that sees the database. */
function runOf(name: string, folder: string, images: Images | undefined): string {
  if (!images) return 'command: node server.mjs'
  const database = `${folder}/accounts.json`
  return [`image: "sluice-demo/${name}:{version}"`, 'port: 8080', `volumes: ["${database}:${database}:ro"]`].join(
    '\n      ',
  )
}

/** One commit and one tag per release, oldest first, as a team would have made them. */
async function makeRepository(folder: string, name: string, made: Repositories[string]): Promise<void> {
  const {simpleGit} = await import('simple-git')
  const path = join(folder, 'repos', name)
  await mkdir(path, {recursive: true})
  await cp(shipped('templates', 'demo', made.program, 'server.mjs'), join(path, 'server.mjs'))
  const git = simpleGit(path)
  await git.init(['--quiet', '--initial-branch=main'])
  await git.addConfig('user.name', 'Sluice demo')
  await git.addConfig('user.email', 'demo@localhost')
  await git.addConfig('commit.gpgsign', 'false')
  for (const [version, files] of Object.entries(made.releases)) {
    await writeFile(join(path, 'release.json'), `${JSON.stringify({version, ...files.release}, null, 2)}\n`)
    await writeFile(join(path, 'sluice.service.yaml'), stringify({service: name, ...files.speaks}))
    await git.add('.')
    await git.commit(`${name} ${version}`)
    await git.tag([`v${version}`])
  }
}

function people(): readonly {id: number; given: string; family: string; email: string}[] {
  const given = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara']
  const family = ['Lovelace', 'Hopper', 'Turing', 'Dijkstra']
  return Array.from({length: 20}, (_, index) => {
    const [first, last] = [given[index % given.length]!, family[index % family.length]!]
    return {id: index + 1, given: first, family: last, email: `${first}.${last}@example.org`.toLowerCase()}
  })
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)
}

function template(name: string): Promise<string> {
  return readFile(shipped('templates', 'demo', name), 'utf8')
}

/**
 * Ports that nobody listens on, below those that systems hand out by themselves: what is started before the balancer
 * does not get one of them by chance.
 */
function freePorts(count: number): Promise<readonly number[]> {
  const first = randomInt(20_000, 32_000)
  return Promise.all(Array.from({length: count}, () => getPort({host: LOOPBACK, port: portNumbers(first, 32_700)})))
}
