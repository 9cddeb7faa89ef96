import {building, type Ecosystem, fetching, type Latest, type RepoFiles, type Wish} from '../ecosystem.ts'
import {readNpmLock} from '../locks/npm.ts'
import {hasInstallScripts, movableNames, testScript} from '../manifest.ts'

const QUIET = ['--no-audit', '--no-fund']
const LOCK_ONLY = ['--package-lock-only', '--ignore-scripts', ...QUIET]

/** npm 7 and later. */
export const npm: Ecosystem = {
  name: 'npm',
  is: files => files.has('package-lock.json') || files.has('npm-shrinkwrap.json'),
  files: ['package.json', 'npm-shrinkwrap.json', 'package-lock.json', '.npmrc'],
  locks: ['npm-shrinkwrap.json', 'package-lock.json'],
  version: ['npm', '--version'],
  // `npm ci` alone would also run prepare and prepublish of the service, which in some projects is the test suite.
  install: (files, scripts) => [
    fetching(['npm', 'ci', '--ignore-scripts', '--prefer-offline', ...QUIET]),
    ...(scripts && mayHaveScripts(files) ? [building(['npm', 'rebuild', ...QUIET])] : []),
  ],
  relock: (files, latest, wish) => [...beyondRanges(files, latest, wish), ...withinRanges(wish)],
  test: files => (testScript(files) === undefined ? undefined : ['npm', 'test']),
  read: readNpmLock,
  installed: ['node_modules'],
}

function withinRanges(wish: Wish) {
  return [fetching(['npm', 'update', ...('only' in wish ? wish.only : []), ...LOCK_ONLY])]
}

/** Moves the ranges of what the service itself asks for; what only its libraries ask for moves within theirs. */
function beyondRanges(files: RepoFiles, latest: Latest, wish: Wish) {
  if (latest === 'in-range') return []
  const names = movableNames(files, wish)
  return names.length === 0 ? [] : [fetching(['npm', 'install', ...names.map(name => `${name}@latest`), ...LOCK_ONLY])]
}

/** The lock file tells since its second version; starting npm for nothing costs a second. */
function mayHaveScripts(files: RepoFiles): boolean {
  const lock = files.text('npm-shrinkwrap.json') ?? files.text('package-lock.json') ?? ''
  return hasInstallScripts(files) || /"hasInstallScript": ?true|"lockfileVersion": ?1\b/.test(lock)
}
