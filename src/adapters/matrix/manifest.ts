import type {RepoFiles, Wish} from './ecosystem.ts'

/** The parts of package.json that cells look at. */
export interface PackageManifest {
  readonly name?: string
  readonly packageManager?: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly engines?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly workspaces?: unknown
}

/** package.json as a value; undefined where there is none or it is not JSON. */
export function packageManifest(files: RepoFiles): PackageManifest | undefined {
  try {
    const parsed: unknown = JSON.parse(files.text('package.json') ?? '')
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}

/** What the service itself asks for at run time; test tools move with the libraries only within their ranges. */
function runtimeNames(files: RepoFiles): readonly string[] {
  const manifest = packageManifest(files)
  const ranges = {...manifest?.dependencies, ...manifest?.optionalDependencies}
  return Object.keys(ranges).filter(name => isFromRegistry(ranges[name] ?? ''))
}

/** What the service itself asks for, and may leave its range. */
export function movableNames(files: RepoFiles, wish: Wish): readonly string[] {
  if ('all' in wish) return runtimeNames(files)
  const named = wish.development ? directNames(files) : runtimeNames(files)
  return named.filter(name => wish.only.includes(name))
}

/** Everything the manifest names. */
export function directNames(files: RepoFiles): readonly string[] {
  const manifest = packageManifest(files)
  return Object.keys({...manifest?.dependencies, ...manifest?.optionalDependencies, ...manifest?.devDependencies})
}

/** The test script, unless it is the one that `npm init` writes, which tests nothing. */
export function testScript(files: RepoFiles): string | undefined {
  const script = packageManifest(files)?.scripts?.['test']
  return script && !script.includes('no test specified') ? script : undefined
}

/** Scripts of the service's own that run while it is installed: what they leave behind is not in the lock file. */
export function hasInstallScripts(files: RepoFiles): boolean {
  const scripts = packageManifest(files)?.scripts ?? {}
  return ['preinstall', 'install', 'postinstall'].some(name => name in scripts)
}

/** A folder, an archive or a repository has no newest version. */
function isFromRegistry(range: string): boolean {
  return (
    !/^(?:file:|link:|workspace:|portal:|patch:|catalog:|git|https?:|github:|npm:)/.test(range) && !range.includes('/')
  )
}
