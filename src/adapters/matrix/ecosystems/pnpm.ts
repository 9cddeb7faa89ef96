import {building, type Ecosystem, fetching, type RepoFiles} from '../ecosystem.ts'
import {pnpmLockVersion, readPnpmLock} from '../locks/pnpm.ts'
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
  relock: (_files, latest, wish) => [
    fetching([
      'pnpm',
      'update',
      '--recursive',
      '--lockfile-only',
      '--ignore-scripts',
      '--depth',
      'Infinity',
      ...(latest === 'in-range'
        ? ['--no-save']
        : 'only' in wish && wish.development
          ? ['--latest']
          : ['--latest', '--prod']),
      ...('only' in wish ? wish.only : []),
    ]),
  ],
  test: files => (testScript(files) === undefined ? undefined : ['pnpm', 'test']),
  read: readPnpmLock,
  installed: ['node_modules'],
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
