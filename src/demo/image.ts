import {execFile, spawn} from 'node:child_process'
import {cp, mkdir, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import type {Engine} from '../adapters/docker/engine.ts'
import {engineHere} from '../adapters/docker/here.ts'
import {guarded} from '../adapters/docker/trouble.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'

/** The images of the demo on a Docker engine. */
export interface Images {
  /** Where the engine listens. */
  readonly engine: string
  /** The address at which containers reach this machine. */
  readonly gateway: string
  remove(): Promise<void>
}

/** A release by its service and version. */
export interface Tagged {
  readonly service: string
  readonly version: string
}

const REPOSITORY = 'sluice-demo'
const run = promisify(execFile)

/**
 * Makes one image out of the Node that runs here and the programs of the demo, without any registry, and tags it for
 * each release: a container runs the release that its environment names.
 */
export async function makeImages(folder: string, releases: readonly Tagged[]): Promise<Result<Images>> {
  const here = await engineHere(process.env)
  if (!here.ok) return here
  const engine = here.value
  const root = join(folder, 'rootfs')
  return guarded(engine.name, async () => {
    const bridge = (await engine.docker.getNetwork('bridge').inspect()) as Bridge
    const gateway = bridge.IPAM?.Config?.[0]?.Gateway
    if (!gateway)
      return fail(failure('driver-unable', {message: `docker at ${engine.name} has no bridge for the demo`}))
    await layOut(root, join(folder, 'repos'), releases)
    try {
      await importTree(engine, root)
    } finally {
      await rm(root, {recursive: true, force: true})
    }
    const made = engine.docker.getImage(`${REPOSITORY}:latest`)
    for (const {service, version} of releases) await made.tag({repo: `${REPOSITORY}/${service}`, tag: version})
    const names = [
      ...releases.map(({service, version}) => `${REPOSITORY}/${service}:${version}`),
      `${REPOSITORY}:latest`,
    ]
    const remove = async () => {
      for (const name of names) await engine.docker.getImage(name).remove({force: true})
    }
    return ok({engine: engine.name, gateway, remove})
  })
}

interface Bridge {
  readonly IPAM?: {readonly Config?: readonly {readonly Gateway?: string}[]}
}

/** Node with the libraries it needs, and the files of every release. */
async function layOut(root: string, repositories: string, releases: readonly Tagged[]): Promise<void> {
  const {stdout} = await run('ldd', [process.execPath])
  const libraries = [...stdout.matchAll(/(\/\S+) \(/g)].map(([, path]) => path ?? '')
  for (const path of libraries) await put(path, join(root, path))
  await put(process.execPath, join(root, 'usr/local/bin/node'))
  await mkdir(join(root, 'tmp'), {recursive: true})
  for (const {service, version} of releases) {
    const into = join(root, 'releases', service, version)
    await mkdir(into, {recursive: true})
    for (const file of ['server.mjs', 'release.json']) {
      const shown = await run('git', ['-C', join(repositories, service), 'show', `v${version}:${file}`])
      await writeFile(join(into, file), shown.stdout)
    }
  }
}

async function put(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), {recursive: true})
  await cp(from, to, {dereference: true})
}

const CHANGES = [
  'ENV PATH=/usr/local/bin',
  'ENV LISTEN=0.0.0.0',
  'CMD ["node","-e","import(`/releases/${process.env.SLUICE_SERVICE}/${process.env.SLUICE_RELEASE}/server.mjs`)"]',
]

async function importTree(engine: Engine, root: string): Promise<void> {
  const tar = spawn('tar', ['-C', root, '-cf', '-', '.'], {stdio: ['ignore', 'pipe', 'ignore']})
  const progress = await engine.docker.importImage(tar.stdout, {repo: REPOSITORY, tag: 'latest', changes: CHANGES})
  await new Promise<void>((resolve, reject) => {
    engine.docker.modem.followProgress(progress, error => (error ? reject(error) : resolve()))
  })
}
