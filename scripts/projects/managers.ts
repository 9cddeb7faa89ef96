/** What somebody types who has only the package manager, in a checkout with its lock file. */
export interface Manager {
  readonly lock: string
  /** Without the lock file, which was removed before. */
  readonly inRange: readonly string[]
  /** Beyond the ranges, for what is needed at run time; the lock file is there where the package manager wants one. */
  readonly beyond: (names: readonly string[]) => readonly string[]
  readonly keepsLockForBeyond: boolean
  /** Exactly these versions, on top of the lock file. */
  readonly only: (versions: readonly string[]) => readonly string[]
  readonly install: readonly string[]
}

export type ManagerName = 'npm' | 'yarn'

const QUIETLY = ['--ignore-scripts', '--no-audit', '--no-fund']
const LOCK_ONLY = ['--package-lock-only', ...QUIETLY]
const YARN_QUIETLY = ['--ignore-scripts', '--non-interactive']

/** npm, and yarn 1. */
export const MANAGERS: Readonly<Record<ManagerName, Manager>> = {
  npm: {
    lock: 'package-lock.json',
    inRange: ['npm', 'install', ...LOCK_ONLY],
    beyond: names => ['npm', 'install', ...LOCK_ONLY, ...names.map(name => `${name}@latest`)],
    keepsLockForBeyond: false,
    only: versions => ['npm', 'install', ...LOCK_ONLY, ...versions],
    install: ['npm', 'ci', ...QUIETLY],
  },
  yarn: {
    lock: 'yarn.lock',
    inRange: ['yarn', 'install', ...YARN_QUIETLY],
    beyond: names => ['yarn', 'upgrade', '--latest', ...YARN_QUIETLY, ...names],
    keepsLockForBeyond: true,
    only: versions => ['yarn', 'upgrade', ...YARN_QUIETLY, ...versions],
    install: ['yarn', 'install', '--frozen-lockfile', ...YARN_QUIETLY],
  },
}
