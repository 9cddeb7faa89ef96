import {withoutSecrets} from '../adapters/git/address.ts'
import {readText} from '../adapters/text-file.ts'
import {failure, type Problem} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {CallPattern, ContractConfig, ServiceConfig} from '../core/config/config.ts'
import {didYouMean} from '../core/config/shape/nearest.ts'
import {tagOf} from '../core/config/tag.ts'
import {VERSION} from '../core/config/version.ts'
import {type Change} from '../core/contract/change.ts'
import {apiDiff} from '../core/contract/diff.ts'
import {type ApiDocument, readDocument} from '../core/contract/document.ts'
import {highest, type Honesty, honesty} from '../core/contract/honest.ts'
import {serversOf} from '../core/graph/compatible.ts'
import type {Release} from '../core/graph/system.ts'
import {matcherOf} from '../core/usage/pattern.ts'
import type {Repository} from '../ports/repository.ts'
import type {Where} from './config.ts'
import {repositoriesOf} from './releases.ts'
import {type LoadedSystem, loadSystem} from './system.ts'

/** What differs between two descriptions in files. */
export async function contractDiff(before: string, after: string): Promise<Result<readonly Change[]>> {
  const documents: ApiDocument[] = []
  for (const file of [before, after]) {
    const text = await readText(file, 'not-found')
    if (!text.ok) return text
    const document = readDocument({file, text: text.value})
    if (!document.ok) return document
    documents.push(document.value)
  }
  const [a, b] = documents
  return ok(a && b ? apiDiff({before: a, after: b}) : [])
}

export interface ContractAsked extends Where {
  /** All that have a description without it. */
  readonly contract?: string | undefined
  /** Every release and the one before it, not the newest alone. */
  readonly all: boolean
}

/** One release beside the one before it. */
export interface Pair {
  readonly contract: string
  readonly service: string
  readonly before: string
  readonly after: string
  readonly majors: readonly Honesty[]
  /** Why nothing could be compared. */
  readonly skipped?: string
}

export interface ContractsChecked {
  readonly pairs: readonly Pair[]
  readonly warnings: readonly Problem[]
}

/** Whether releases are honest about what changed in the descriptions of their APIs, as these stand at their tags. */
export async function checkContracts(asked: ContractAsked): Promise<Result<ContractsChecked>> {
  const loaded = await loadSystem(asked)
  if (!loaded.ok) return loaded
  const described = describedIn(loaded.value, asked.contract)
  if (!described.ok) return described
  const open = await repositoriesOf(loaded.value.config)
  const pairs: Pair[] = []
  for (const {contract, service, releases} of described.value) {
    const read = {contract, service, repository: open(service.repo)}
    for (const [before, after] of pairsOf(releases, asked.all)) {
      const pair = await checkPair(read, before, after)
      if (!pair.ok) return pair
      pairs.push(pair.value)
    }
  }
  return ok({pairs, warnings: loaded.value.warnings})
}

/** A contract with a description, and the service in whose repository that is. */
interface Described {
  readonly contract: ContractConfig & {readonly spec: string}
  readonly service: ServiceConfig & {readonly repo: string}
  /** Those that provide it, ascending. */
  readonly releases: readonly Release[]
}

function describedIn({config, assembled}: LoadedSystem, wanted: string | undefined): Result<readonly Described[]> {
  const servers = serversOf(assembled.system)
  const found = [...config.contracts.values()].flatMap(({spec, ...contract}): Described[] => {
    const [name = ''] = servers.get(contract.name) ?? []
    const {repo, ...service} = config.services.get(name) ?? {}
    if (spec === undefined || repo === undefined || !('name' in service)) return []
    const releases = assembled.system.services.get(name)?.releases ?? []
    const providing = releases.filter(release => versionsOf(release, contract.name).length > 0)
    return [{contract: {...contract, spec}, service: {...service, repo}, releases: providing}]
  })
  const chosen = found.filter(({contract}) => wanted === undefined || contract.name === wanted)
  if (chosen.length > 0) return ok(chosen)
  const names = found.map(({contract}) => contract.name)
  const hint = wanted === undefined ? undefined : didYouMean(wanted, names, 'those with a description')
  return fail(
    failure('not-found', {
      message:
        wanted === undefined
          ? 'no contract has a description to compare'
          : `there is no description of ${JSON.stringify(wanted)}`,
      hint: hint ?? 'set `spec` of the contract, and `repo` of the service that provides it',
    }),
  )
}

/** The exact versions of a contract that a release provides, in whichever mode. */
function versionsOf({provides, modes}: Release, contract: string): readonly string[] {
  const all = [provides, ...modes.map(mode => mode.provides)]
  return [...new Set(all.flatMap(one => one.get(contract) ?? []))].filter(version => VERSION.test(version))
}

function pairsOf(releases: readonly Release[], all: boolean): readonly (readonly [Release, Release])[] {
  const pairs = releases.slice(1).flatMap((after, index) => {
    const before = releases[index]
    return before ? [[before, after] as const] : []
  })
  return all ? pairs : pairs.slice(-1)
}

interface Reading extends Omit<Described, 'releases'> {
  readonly repository: Repository
}

async function checkPair(read: Reading, before: Release, after: Release): Promise<Result<Pair>> {
  const {contract, service} = read
  const pair = {contract: contract.name, service: service.name, before: before.version, after: after.version}
  const documents: ApiDocument[] = []
  for (const {version} of [before, after]) {
    const document = await documentAt(read, version)
    if (!document.ok) return document
    if (document.value === undefined)
      return ok({...pair, majors: [], skipped: `${service.name} ${version} has no ${contract.spec}`})
    documents.push(document.value)
  }
  const [a, b] = documents
  const [from, to] = [before, after].map(release => highest(versionsOf(release, contract.name)))
  if (!a || !b || !from || !to) return ok({...pair, majors: []})
  const shared = [...from.keys()].filter(major => to.has(major))
  const majors = shared.flatMap(major => {
    const takes = takesOf(contract.calls, major, shared.length > 1 || from.size > 1 || to.size > 1)
    // One description of several majors, and nothing says which part belongs to which.
    if (!takes) return []
    return [honesty(major, from.get(major) ?? '', to.get(major) ?? '', apiDiff({before: a, after: b}, takes))]
  })
  const unsplit = shared.length > 0 && majors.length === 0
  const skipped = unsplit
    ? 'several majors are in one description: say under calls which path belongs to which'
    : undefined
  return ok({...pair, majors, ...(skipped !== undefined && {skipped})})
}

/** Which paths belong to a major; undefined where that has to be known and is not. */
function takesOf(
  calls: CallPattern | undefined,
  major: number,
  isShared: boolean,
): ((path: string) => boolean) | undefined {
  if (!isShared) return () => true
  if (calls?.in !== 'path') return undefined
  const matcher = matcherOf(calls)
  return path => matcher.read(path)?.major === major
}

async function documentAt(
  {contract, service, repository}: Reading,
  version: string,
): Promise<Result<ApiDocument | undefined>> {
  const tag = tagOf(service.tag, version)
  const text = await repository.file(tag, contract.spec)
  if (!text.ok) return text
  if (text.value === undefined) return ok(undefined)
  return readDocument({file: `${withoutSecrets(service.repo)}@${tag}:${contract.spec}`, text: text.value})
}
