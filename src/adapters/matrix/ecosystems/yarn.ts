import {type Ecosystem, fetching, type RepoFiles, type Wish} from '../ecosystem.ts'
import {readYarnLock, unranged, without} from '../locks/yarn.ts'
import {packageManifest, movableNames, testScript} from '../manifest.ts'

const isBerry = (files: RepoFiles) => /^__metadata:/m.test(files.text('yarn.lock') ?? '')
const test = (files: RepoFiles) => (testScript(files) === undefined ? undefined : ['yarn', 'test'])

/** yarn 1, by its lock file. */
export const yarnClassic: Ecosystem = {
  name: 'yarn-classic',
  is: files => files.has('yarn.lock') && !isBerry(files),
  files: ['package.json', 'yarn.lock', '.yarnrc', '.npmrc'],
  locks: ['yarn.lock'],
  version: ['yarn', '--version'],
  unfit: (_files, version) =>
    version.startsWith('1.') ? undefined : `yarn ${version} would rewrite the yarn.lock of yarn 1`,
  install: (_files, scripts) => [
    fetching(['yarn', 'install', '--frozen-lockfile', '--non-interactive', ...(scripts ? [] : ['--ignore-scripts'])]),
  ],
  stale: files => {
    const found = unranged(files)
    return found && `package.json asks for ${found.name} ${found.range}, and yarn.lock has it for any version`
  },
  relock: (files, latest, wish) => {
    const beyond = latest === 'absolute' ? movableNames(files, wish) : []
    return [
      {...fetching(['yarn', 'install', ...CLASSIC_QUIET]), edit: forgetting(wish)},
      ...(beyond.length === 0 ? [] : [fetching(['yarn', 'upgrade', '--latest', ...CLASSIC_QUIET, ...beyond])]),
    ]
  },
  test,
  read: readYarnLock,
  installed: ['node_modules'],
}

const CLASSIC_QUIET = ['--ignore-scripts', '--non-interactive']

/** `yarn upgrade a` does nothing, and says that it did, where only other libraries ask for a. */
function forgetting(wish: Wish) {
  const names = 'only' in wish ? wish.only : undefined
  const says = `yarn.lock without ${names?.join(', ') ?? 'anything'}`
  return {path: 'yarn.lock', says, to: (text: string) => without(text, names)}
}

/** yarn 2 and later, by `__metadata` in its lock file. */
export const yarnBerry: Ecosystem = {
  name: 'yarn-berry',
  is: files => files.has('yarn.lock') && isBerry(files),
  files: ['package.json', 'yarn.lock', '.yarnrc.yml'],
  locks: ['yarn.lock'],
  version: ['yarn', '--version'],
  unfit: (files, version) =>
    version.startsWith('1.') && !bringsItsOwn(files)
      ? `yarn ${version} cannot read the yarn.lock of yarn 2 and later`
      : undefined,
  install: (_files, scripts) => [
    fetching(['yarn', 'install', '--immutable', ...(scripts ? [] : ['--mode=skip-build'])]),
  ],
  // `up` without -R would also move the ranges of the manifest.
  relock: (files, latest, wish) => {
    const names = 'only' in wish ? wish.only : ['**']
    const beyond = movableNames(files, wish)
    const within = fetching(['yarn', 'up', '--recursive', '--mode=update-lockfile', ...names])
    if (latest === 'in-range' || beyond.length === 0) return [within]
    return [fetching(['yarn', 'up', '--mode=update-lockfile', ...beyond]), within]
  },
  test,
  read: readYarnLock,
  installed: ['node_modules', '.pnp.cjs', '.pnp.loader.mjs', 'install-state.gz', 'unplugged'],
}

/** The yarn on the PATH then only starts the one that the repository names. */
function bringsItsOwn(files: RepoFiles): boolean {
  return /^yarnPath:/m.test(files.text('.yarnrc.yml') ?? '') || packageManifest(files)?.packageManager !== undefined
}
