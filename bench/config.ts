import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {load} from 'js-yaml'
import {gitRepository} from '../src/adapters/git/repository.ts'
import {parseConfig} from '../src/core/config/parse.ts'
import {releaseStream, remove, temporaryFolder, testRepository} from '../test/support/git.ts'
import type {Figure} from './figure.ts'

const SERVICES = 10_000
const CALLS = 5
const TAGS = 1000
const TIMES = 4

/** Files in: a large sluice.yaml beside the YAML reader alone, and a repository with many releases. */
export async function bench(): Promise<Figure[]> {
  return [...files(), await tags()]
}

function files(): Figure[] {
  const text = largeFile()
  const [alone, ours] = leastCpu([() => load(text), () => parse(text, true)])
  const [pointing] = leastCpu([() => parse(`${text}unknown: true\n`, false)])
  const size = `${SERVICES} services, ${(text.length / 1e6).toFixed(1)} MB`
  return [
    {name: 'config: parse and check, CPU', value: ours ?? 0, unit: 'ms', peer: size},
    {
      name: 'config: CPU over js-yaml alone',
      value: (ours ?? 0) / (alone ?? 1),
      unit: 'x',
      limit: {max: 2.5},
      peer: `js-yaml ${alone?.toFixed(0)} ms`,
    },
    {name: 'config: a problem in it, with its line, CPU', value: pointing ?? 0, unit: 'ms', peer: size},
  ]
}

function parse(text: string, isValid: boolean): void {
  const known = {runtimes: ['process'], balancers: ['embedded']}
  if (parseConfig({file: 'sluice.yaml', text}, known).ok !== isValid) throw new Error('it parsed to something else')
}

/** The least CPU of several runs of each, taking turns. */
function leastCpu(works: readonly (() => void)[]): number[] {
  const least = works.map(() => Number.POSITIVE_INFINITY)
  for (let n = 0; n < TIMES; n++) {
    for (const [index, work] of works.entries()) {
      const before = process.cpuUsage()
      work()
      const {user, system} = process.cpuUsage(before)
      least[index] = Math.min(least[index] ?? 0, (user + system) / 1000)
    }
  }
  return least
}

/** Every service calls five others, and has three releases. */
function largeFile(): string {
  const names = Array.from({length: SERVICES}, (_, index) => `service-${index}`)
  const services = names.map((name, index) => {
    const called = Array.from(
      {length: CALLS},
      (_, call) => `api-${(index * 7 + (call + 1) * 131) % SERVICES}: "^1 || ^2"`,
    )
    const release = (version: string) =>
      `      ${version}: { provides: { api-${index}: [1.0.0, ${version}] }, consumes: { ${called.join(', ')} } }\n`
    return `  ${name}:\n    role: backend\n    releases:\n${['1.1.0', '2.0.0', '3.0.0'].map(release).join('')}`
  })
  const states = (version: string) => names.map(name => `      ${name}: ${version}\n`).join('')
  return `sluice: 1\nsystem: large\nservices:\n${services.join('')}environments:\n  production:\n    current:\n${states('1.1.0')}    target:\n${states('3.0.0')}`
}

async function tags(): Promise<Figure> {
  const root = temporaryFolder()
  try {
    mkdirSync(join(root, 'accounts'))
    const versions = Array.from({length: TAGS}, (_, index) => `1.${index}.0`)
    const manifest = (version: string) => `service: accounts\nprovides: { accounts-api: ${version} }\n`
    testRepository(join(root, 'accounts')).fastImport(
      releaseStream(versions.map(version => ({tag: `v${version}`, files: {'sluice.service.yaml': manifest(version)}}))),
    )
    const started = performance.now()
    const found = await gitRepository('accounts', {root, cache: join(root, 'cache')}).releases('v{version}')
    const ms = performance.now() - started
    if (!found.ok || found.value.releases.length !== TAGS) throw new Error('not all releases were found')
    return {name: 'git: releases and their manifests', value: ms, unit: 'ms', limit: {max: 2000}, peer: `${TAGS} tags`}
  } finally {
    remove(root)
  }
}
