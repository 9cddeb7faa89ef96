/**
 * Every way in which a cell can end without an answer, and what to do about it. None of these is ever taken for a
 * red test: a lock file that is stale says nothing on whether the code works.
 */
export const NO_ANSWER = {
  'repository-missing': 'check that the repo of the service can be cloned from here',
  'branch-missing': 'name an existing branch, tag or commit under matrix.prod or matrix.master of the service',
  'prod-unknown': 'name the branch or tag that is in production under matrix.prod of the service',
  'unknown-ecosystem': 'commit a lock file, or name the commands under matrix.pinned, matrix.latest and matrix.test',
  'lock-missing': 'commit the lock file: without it nobody can say which libraries are in production',
  'lock-stale': 'refresh the lock file so that it fits the manifest, and commit it',
  'lock-incompatible':
    'install the version of the package manager that wrote the lock file; mend it where it is in conflict or cut off',
  'does-not-resolve': 'no set of versions fits all ranges: widen a range, or hold a library back',
  'not-available': 'a version in the lock file is gone from the registry: refresh the lock file',
  'wrong-runtime': 'run with the runtime that the repository asks for',
  'program-missing': 'install the program, or put it on the PATH',
  'no-container': 'start Docker, or leave matrix.container of the service out to test on this machine',
  'image-missing': 'pull the image, or correct matrix.container.image of the service',
  'no-tests': 'give the service a test command: matrix.test, or the test script of its manifest',
  'test-missing': 'matrix.test names a program that is not there: correct it',
  'install-failed': 'read the log: the libraries could not be installed',
  'out-of-time': 'find out what hangs, or allow more time with --timeout',
  network: 'the registry or the network failed: run again',
  'registry-untrusted':
    'name the authority of its certificate in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE; in a container, use an image that knows it',
  resources: 'the machine ran out of disk or memory: free some, or lower --jobs',
  submodules: 'cells do not check submodules out: fetch them in a command of your own under matrix.pinned',
  'large-files': 'cells do not check Git LFS files out: fetch them in a command of your own under matrix.pinned',
  'no-newest': 'name a command that takes the newest versions under matrix.latest',
  'not-asked': 'leave --cell out to run all four',
  'failed-fast': 'leave --fail-fast out to run all four',
  stopped: 'run again: finished cells are remembered',
} as const satisfies Record<string, string>

/** Names one of them; scripts may rely on it. */
export type NoAnswerCode = keyof typeof NO_ANSWER

/** Why a cell has no answer. */
export interface NoAnswer {
  readonly code: NoAnswerCode
  /** Lowercase, no full stop. */
  readonly text: string
  /** What to do. */
  readonly hint: string
}

/** No answer, for this reason. */
export function noAnswer(code: NoAnswerCode, text: string): NoAnswer {
  return {code, text, hint: NO_ANSWER[code]}
}
