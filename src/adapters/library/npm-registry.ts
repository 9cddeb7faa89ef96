import {rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import compare from 'semver/functions/compare.js'
import prerelease from 'semver/functions/prerelease.js'
import valid from 'semver/functions/valid.js'
import type {RepoFiles} from '../matrix/ecosystem.ts'
import {environmentsOf} from '../matrix/environment.ts'
import type {Workbench} from '../matrix/workbench.ts'
import {severityOf} from './osv-record.ts'
import type {AdvisorySource, Answered, InUse} from './source.ts'

/** The registry that a repository's npm would ask, with the user's own settings for it. */
export interface NpmRegistry {
  /** Versions by library; why there are none, where it did not answer for some. */
  readonly versions: (names: readonly string[]) => Promise<NpmVersions>
  /** What `npm audit` asks. */
  readonly audit: AdvisorySource
}

export interface NpmVersions {
  readonly available: ReadonlyMap<string, readonly string[]>
  readonly failures: readonly string[]
}

const AT_ONCE = 12
/** The form without readmes and scripts, a tenth of the other. */
const ABBREVIATED = {accept: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8'}

interface Packument {
  readonly 'dist-tags'?: {readonly latest?: string}
  readonly versions?: Readonly<Record<string, {readonly deprecated?: unknown}>>
}

/** Reads npm's settings as they stand for these files; nothing of the repository is run. */
export async function npmRegistry(bench: Workbench, files: RepoFiles): Promise<NpmRegistry> {
  const {default: npmFetch} = await import('npm-registry-fetch')
  const options = {...(await settings(bench, files)), signal: bench.signal, fetchRetries: 1, preferOnline: true}
  return {
    async versions(names) {
      const {default: pLimit} = await import('p-limit')
      const limit = pLimit(AT_ONCE)
      const failures: string[] = []
      const found = await Promise.all(
        names.map(name =>
          limit(async () => {
            try {
              const packument = await npmFetch.json(`/${name.replace('/', '%2f')}`, {
                ...options,
                spec: name,
                headers: ABBREVIATED,
              })
              return [name, offered(packument)] as const
            } catch (error) {
              failures.push(`${name}: ${codeOf(error)}`)
              return undefined
            }
          }),
        ),
      )
      return {available: new Map(found.filter(one => one !== undefined)), failures: failures.toSorted()}
    },
    audit: {
      name: 'npm audit',
      covers: catalogue => catalogue === 'npm',
      async ask(libraries) {
        const body = Object.fromEntries(libraries.map(({name, versions}) => [name, versions]))
        try {
          const answer = await npmFetch.json('/-/npm/v1/security/advisories/bulk', {
            ...options,
            method: 'POST',
            gzip: true,
            body,
          })
          return audited(answer, libraries)
        } catch (error) {
          return {is: 'unknown', why: `the registry does not answer it: ${codeOf(error)}`}
        }
      },
    },
  }
}

/** What npm would read in a checkout: its defaults, the user's files and environment, and the repository's `.npmrc`. */
async function settings(bench: Workbench, files: RepoFiles): Promise<Readonly<Record<string, unknown>>> {
  const {default: Config} = await import('@npmcli/config')
  const {default: table} = await import('@npmcli/config/lib/definitions/index.js')
  const folder = await bench.cellFolder()
  try {
    await writeFile(join(folder, 'package.json'), '{}')
    await writeFile(join(folder, '.npmrc'), files.text('.npmrc') ?? '')
    const config = new Config({
      ...table,
      npmPath: folder,
      cwd: folder,
      env: environmentsOf(bench.env, folder).fetch,
      argv: [],
    })
    await config.load()
    return config.flat
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** What anybody is offered: nothing beyond what is called latest, no pre-release, nothing that was deprecated. */
function offered({'dist-tags': tags, versions = {}}: Packument): readonly string[] {
  const latest = tags?.latest
  return Object.keys(versions)
    .filter(
      version => valid(version) !== null && prerelease(version) === null && versions[version]?.deprecated === undefined,
    )
    .filter(version => latest === undefined || compare(version, latest) <= 0)
    .toSorted(compare)
}

function audited(answer: unknown, libraries: readonly InUse[]): Answered {
  if (typeof answer !== 'object' || answer === null) return {is: 'unknown', why: 'the answer is no list of advisories'}
  const listed = answer as Readonly<Record<string, readonly NpmAdvisory[] | undefined>>
  return {
    is: 'known',
    advisories: libraries.flatMap(({name}) =>
      (listed[name] ?? []).map(({id, title, severity, url, vulnerable_versions: range}) => ({
        id: /GHSA-[\w-]+/.exec(url ?? '')?.[0] ?? `npm-${id}`,
        library: name,
        title: title ?? `advisory ${id}`,
        severity: severityOf(severity),
        ...(url !== undefined && {url}),
        vulnerable: [range ?? '*'],
        versions: [],
      })),
    ),
  }
}

interface NpmAdvisory {
  readonly id: number
  readonly title?: string
  readonly severity?: string
  readonly url?: string
  readonly vulnerable_versions?: string
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.message
}
