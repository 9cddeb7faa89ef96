import {parse} from 'yaml'
import {by, byText} from '../../base/order.ts'
import {VERSION} from '../version.ts'
import {type Draft, type DraftContract, type DraftService, draftName, draftNames, FIRST_VERSION} from './draft.ts'
import {asList, asMap, asText} from './unsure.ts'

/** What a look into one repository found. Paths are below it. */
export interface SeenRepository {
  /** As the file will name it. */
  readonly repo: string
  readonly name: string
  /** Versions by its tags `v...`, ascending. */
  readonly versions: readonly string[]
  /** Files that tell something, by path. */
  readonly files: ReadonlyMap<string, string>
  /** The manifest at the newest tag. */
  readonly manifest?: string
}

/** Which files tell something: API descriptions, what starts it, whom it calls. */
export const TELLING =
  /(?:^|\/)(?:(?:openapi|swagger)[\w.-]*\.(?:ya?ml|json)|[\w.-]+\.proto|Dockerfile|package\.json|pyproject\.toml|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|\.env\.(?:example|sample|template))$/

/** By the file that shows it: the language, and the usual way to start. */
const LANGUAGES: readonly (readonly [file: string, language: string, command?: string])[] = [
  ['package.json', 'Node', 'npm start'],
  ['pyproject.toml', 'Python'],
  ['go.mod', 'Go'],
  ['Cargo.toml', 'Rust'],
  ['pom.xml', 'Java'],
  ['build.gradle', 'Java'],
  ['build.gradle.kts', 'Kotlin'],
]

/** A draft from the folders of repositories: languages, API descriptions, ports, and who names whom in its settings. */
export function repositoriesDraft(seen: readonly SeenRepository[], system: string, source: string): Draft {
  const names = draftNames(seen.map(({name}) => name))
  const nameOf = (name: string) => names.get(name) ?? draftName(name)
  const provided = new Map(seen.map(repository => [repository.name, contractsIn(repository, nameOf(repository.name))]))
  const services = seen.map((repository): DraftService => {
    const [, language, command] = LANGUAGES.find(([file]) => repository.files.has(file)) ?? []
    const port = portIn(repository)
    const version = repository.versions.at(-1) ?? FIRST_VERSION
    return {
      name: nameOf(repository.name),
      version,
      repo: repository.repo,
      isTagged: repository.versions.length > 0,
      isDescribed: repository.manifest !== undefined,
      run: {...(command !== undefined && {command}), ...(port !== undefined && {port})},
      calls: callsIn(repository, [...names.keys()], provided).map(nameOf),
      provides: provided.get(repository.name) ?? [],
      notes: [
        ...(language === undefined
          ? []
          : [`${language}${command === undefined ? '; say under run how it is started.' : '.'}`]),
        ...(repository.versions.length > 0 ? [] : [`It has no tags yet: releases are its tags, like v${version}.`]),
      ],
    }
  })
  return {
    system: draftName(system),
    source,
    runtime: 'process',
    services: services.sort(by(({name}) => name)),
    leftOut: [],
  }
}

function contractsIn({files, manifest}: SeenRepository, service: string): readonly DraftContract[] {
  if (manifest !== undefined) return contractsOfManifest(manifest)
  const described = [...files]
    .filter(([path]) => /(?:openapi|swagger)[\w.-]*\.(?:ya?ml|json)$/.test(path))
    .sort(([a], [b]) => byText(a, b))
  const [first] = described
  const api = first && openApiContract(service, first[0], first[1])
  const packages = new Map(ownPackages(files).map(({name: of, major}) => [of, {name: of, version: `${major}.0.0`}]))
  return [...(api ? [api] : []), ...packages.values()]
}

function contractsOfManifest(manifest: string): readonly DraftContract[] {
  return [...asMap(asMap(parsed(manifest, 'failsafe')).get('provides'))].map(([name, said]) => {
    const version = asText([said].flat().at(-1)) ?? ''
    return {name, version: VERSION.test(version) ? version : FIRST_VERSION}
  })
}

function openApiContract(service: string, spec: string, text: string): DraftContract {
  const document = asMap(parsed(text))
  const said = asText(asMap(document.get('info')).get('version')) ?? ''
  const version = VERSION.test(said) ? said : FIRST_VERSION
  const servers = asList(document.get('servers')).flatMap(server => asText(asMap(server).get('url')) ?? [])
  const paths = [...servers, ...asMap(document.get('paths')).keys()]
  const path = paths.map(one => /^(?:https?:\/\/[^/]+)?(\/(?:[\w-]+\/)*v)\d+(?:\/|$)/.exec(one)?.[1]).find(Boolean)
  return {name: `${service}-api`, version, spec, ...(path !== undefined && {path: `${path}{major}/`})}
}

/** @param schema `failsafe` leaves every scalar the text that it is: `1.10` keeps its digits */
function parsed(text: string, schema: 'core' | 'failsafe' = 'core'): unknown {
  try {
    return parse(text, {schema}) as unknown
  } catch {
    return undefined
  }
}

/** `package acme.accounts.v1;` is major 1 of acme.accounts. What lies among the third-party files is somebody else's. */
function ownPackages(files: ReadonlyMap<string, string>): readonly {readonly name: string; readonly major: string}[] {
  return packagesIn(files, path => !/(?:^|\/)(?:third_party|vendor|google|clients?)\//.test(path))
}

function packagesIn(files: ReadonlyMap<string, string>, takes: (path: string) => boolean) {
  return [...files]
    .filter(([path]) => path.endsWith('.proto') && takes(path))
    .flatMap(([, text]) => {
      const [, name, major = '1'] = /^\s*package\s+([\w.]+?)(?:\.v(\d+))?\s*;/m.exec(text) ?? []
      return name === undefined ? [] : [{name, major}]
    })
}

function portIn({files}: SeenRepository): number | undefined {
  const exposed = /^\s*EXPOSE\s+(\d{1,5})/m.exec(files.get('Dockerfile') ?? '')?.[1]
  return exposed === undefined ? undefined : Number(exposed)
}

/** Another service is called where a setting is named after it, or where its proto package is used. */
function callsIn(
  {name, files}: SeenRepository,
  names: readonly string[],
  provided: ReadonlyMap<string, readonly DraftContract[]>,
): readonly string[] {
  const settings = [...files]
    .filter(([path]) => /\.env\.\w+$/.test(path))
    .map(([, text]) => text)
    .join('\n')
  const used = new Set(packagesIn(files, () => true).map(found => found.name))
  const own = new Set(provided.get(name)?.map(contract => contract.name))
  return names.filter(other => {
    if (other === name) return false
    const variable = other.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')
    const isSetting = new RegExp(
      `^\\s*(?:export )?${variable}(?:_API|_SERVICE)?_(?:URL|URI|HOST|ADDR|ADDRESS|ENDPOINT|BASE_URL)\\s*=`,
      'm',
    ).test(settings)
    return isSetting || (provided.get(other) ?? []).some(contract => used.has(contract.name) && !own.has(contract.name))
  })
}
