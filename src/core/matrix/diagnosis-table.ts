/**
 * All sixteen patterns of four answers. The letters stand for prod+pinned, prod+latest, master+pinned, master+latest;
 * P passed, F failed. docs/matrix.md is made from this table.
 *
 * Read from the left: a red first letter means that there is no sound baseline, and comes before everything else.
 * The next three say what the newest libraries and the newest code do, apart and together.
 */
export const DIAGNOSES = {
  PPPP: {
    code: 'healthy',
    text: 'prod and master pass with pinned and with latest libraries',
    action:
      'Take the update whenever you like: refresh the lock file on master, and on prod too where security asks for it.',
  },
  PPPF: {
    code: 'master-refuses-latest',
    text: 'the new code of master clashes with the newest libraries, which prod gets along with',
    action: 'Hold the culprits back on master until it is fixed; prod may take the update now.',
  },
  PPFP: {
    code: 'master-lock-behind',
    text: 'master needs newer libraries than its lock file gives it',
    action: 'Commit the refreshed lock file on master, raise the minimum of what is needed, and release only with it.',
  },
  PPFF: {
    code: 'master-broken',
    text: 'master is broken whatever the libraries; they are innocent',
    action: 'Fix master before it is released; prod may take the update meanwhile.',
  },
  PFPP: {
    code: 'update-with-next-release',
    text: 'the newest libraries break what is in production, and master is ready for them',
    action: 'Ship the update with the next release, not before; keep prod pinned until then.',
  },
  PFPF: {
    code: 'update-breaks-both',
    text: 'the newest libraries break prod and master alike; nobody is ready for them',
    action: 'Hold the culprits back, take the rest of the update, and adapt master to them.',
  },
  PFFP: {
    code: 'code-and-update-together',
    text: 'the code of master and the newest libraries only work together',
    action:
      'Commit the refreshed lock file on master, release both in one go and take both back in one go; never update prod alone.',
  },
  PFFF: {
    code: 'two-problems',
    text: 'master is broken whatever the libraries, and the newest libraries break prod as well',
    action:
      'Leave prod as it is; fix master with pinned libraries first, then look for the culprits on prod, and run again.',
  },
  FPPP: {
    code: 'baseline-red-healed-by-either',
    text: 'what is in production fails its own tests; newer libraries heal it, and so does newer code',
    action: 'Treat it as a possible incident: give prod the update now, or release master.',
  },
  FPPF: {
    code: 'baseline-red-healed-apart',
    text: 'what is in production fails its own tests; newer libraries heal it, newer code heals it, both together do not',
    action: 'Release master with pinned libraries, or give prod the update; hold the culprits back on master.',
  },
  FPFP: {
    code: 'baseline-red-lock-rotten',
    text: 'what is in production and master both fail with their lock files, and the newest libraries heal both',
    action: 'Refresh both lock files now and raise the minimum of what is needed: the pinned libraries no longer work.',
  },
  FPFF: {
    code: 'baseline-red-update-heals-prod',
    text: 'what is in production fails its own tests and the newest libraries heal it; master is broken either way',
    action: 'Give prod the update now, and do not release master until it is fixed.',
  },
  FFPP: {
    code: 'baseline-red-fixed-on-master',
    text: 'what is in production fails its own tests whatever the libraries, and master has the fix',
    action: 'Release master, with or without the update, and check whether the failing tests are a live bug.',
  },
  FFPF: {
    code: 'baseline-red-fixed-on-master-pinned',
    text: 'what is in production fails its own tests; master has the fix, and the newest libraries break master',
    action: 'Release master with pinned libraries, and hold the culprits back.',
  },
  FFFP: {
    code: 'baseline-red-only-both-new',
    text: 'what is in production fails its own tests, and only new code with the newest libraries works',
    action: 'Commit the refreshed lock file on master and release that soon: nothing else passes.',
  },
  FFFF: {
    code: 'nothing-passes',
    text: 'no cell passes, so nothing can be said about libraries or code',
    action:
      'Look at what all four have in common: the test set-up, a service it needs, the runtime, or one broken test.',
  },
} as const satisfies Record<Pattern, {readonly code: string; readonly text: string; readonly action: string}>

type Letter = 'P' | 'F'

/** Four answers in the order of the cells. */
export type Pattern = `${Letter}${Letter}${Letter}${Letter}`

/** Stable, for scripts. */
export type DiagnosisCode = (typeof DIAGNOSES)[Pattern]['code']

/** The patterns in the order of the table: green baseline first. */
export const PATTERNS = Object.keys(DIAGNOSES) as readonly Pattern[]
