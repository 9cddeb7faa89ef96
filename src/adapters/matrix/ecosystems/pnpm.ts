import {building, type Ecosystem, fetching} from '../ecosystem.ts'
import {readPnpmLock} from '../locks/pnpm.ts'
import {testScript} from '../manifest.ts'

/** pnpm; the lock file says which major can read it. */
export const pnpm: Ecosystem = {
  name: 'pnpm',
  is: files => files.has('pnpm-lock.yaml'),
  files: ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', '.pnpmfile.cjs'],
  locks: ['pnpm-lock.yaml'],
  version: ['pnpm', '--version'],
  // A plain install would quietly write a new lock file where it cannot read the old one.
  install: (_files, scripts) => [
    fetching(['pnpm', 'install', '--frozen-lockfile', '--ignore-scripts', '--prefer-offline']),
    ...(scripts ? [building(['pnpm', 'rebuild', '--recursive'])] : []),
  ],
  relock: (_files, latest, wish) => [
    fetching([
      ...['pnpm', 'update', '--recursive', '--lockfile-only', '--ignore-scripts', '--depth', 'Infinity'],
      ...(latest === 'absolute' ? ['--latest', '--prod'] : ['--no-save']),
      ...('only' in wish ? wish.only : []),
    ]),
  ],
  test: files => (testScript(files) === undefined ? undefined : ['pnpm', 'test']),
  read: readPnpmLock,
  installed: ['node_modules'],
}
