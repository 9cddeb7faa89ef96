import {building, type Ecosystem, fetching, type Line, type RepoFiles} from '../ecosystem.ts'
import {pnpmLockVersion, readPnpmLock, withoutEntries} from '../locks/pnpm.ts'
import {testScript} from '../manifest.ts'

/** pnpm; the lock file says which major can read it. */
export const pnpm: Ecosystem = {
  name: 'pnpm',
  is: files => files.has('pnpm-lock.yaml'),
  files: ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', '.pnpmfile.cjs'],
  locks: ['pnpm-lock.yaml'],
  version: ['pnpm', '--version'],
  unfit,
  // A plain install would quietly write a new lock file where it cannot read the old one.
  install: (_files, scripts) => [
    fetching(['pnpm', 'install', '--frozen-lockfile', '--ignore-scripts', '--prefer-offline']),
    ...(scripts ? [building(['pnpm', 'rebuild', '--recursive'])] : []),
  ],
  relock: (_files, latest, wish) => {
    if ('all' in wish) return [updating(latest === 'in-range' ? ['--no-save'] : ['--latest', '--prod'])]
    const beyond = updating([...(wish.development ? ['--latest'] : ['--latest', '--prod']), ...wish.only])
    return [onlyThese(wish.only), ...(latest === 'in-range' ? [] : [beyond])]
  },
  test: files => (testScript(files) === undefined ? undefined : ['pnpm', 'test']),
  read: readPnpmLock,
  installed: ['node_modules'],
}

const LOCK_ONLY = ['--lockfile-only', '--ignore-scripts']

function updating(options: readonly string[]): Line {
  return fetching(['pnpm', 'update', '--recursive', ...LOCK_ONLY, '--depth', 'Infinity', ...options])
}

/**
 * `pnpm update a b` leaves b as it is where the manifest names only a. What the lock file has no entry for is looked up
 * anew, and nothing else.
 */
function onlyThese(names: readonly string[]): Line {
  const edit = {
    path: 'pnpm-lock.yaml',
    says: `pnpm-lock.yaml without ${names.join(', ')}`,
    to: (text: string) => withoutEntries(text, names),
  }
  return {...fetching(['pnpm', 'install', '--fix-lockfile', ...LOCK_ONLY]), edit}
}

/** Which majors read which format. One that cannot read it would install the newest of everything and call it done. */
const READERS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  '5.3': [6, 7],
  '5.4': [7, 7],
  '6.0': [8, 9],
  '6.1': [8, 9],
  '9.0': [9, Number.POSITIVE_INFINITY],
}

function unfit(files: RepoFiles, version: string): string | undefined {
  const format = pnpmLockVersion(files) ?? 'unknown'
  const [from, to] = READERS[format] ?? [0, Number.POSITIVE_INFINITY]
  const major = Number.parseInt(version, 10)
  if (major >= from && major <= to) return undefined
  return `pnpm ${version} cannot read a pnpm-lock.yaml of format ${format}, which pnpm ${from} can`
}
