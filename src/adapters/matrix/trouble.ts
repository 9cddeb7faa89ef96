import {stripVTControlCharacters} from 'node:util'
import {type NoAnswer, type NoAnswerCode, noAnswer} from '../../core/matrix/no-answer.ts'
import type {Ecosystem, RepoFiles} from './ecosystem.ts'

/**
 * What package managers write when something else than a test is wrong. The first that fits is taken: the machine
 * before the network, the network before the lock file, the lock file before the versions in it.
 */
const SIGNS: readonly (readonly [NoAnswerCode, RegExp, string])[] = [
  ['resources', /ENOSPC|no space left on device|ENOMEM|JavaScript heap out of memory/i, 'out of disk or memory'],
  [
    'registry-untrusted',
    /self[- _]signed[ _]cert\w*|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)\w+|CERT_(?:HAS_EXPIRED|UNTRUSTED|NOT_YET_VALID)|certificate verify failed|unable to get local issuer certificate|x509: certificate/i,
    'the certificate of the registry is not trusted where the cell runs',
  ],
  [
    'network',
    /ENOTFOUND|EAI_AGAIN|ECONNRE(?:FUSED|SET)|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EPROTO|UNABLE_TO_\w+|CERT_\w+|network (?:timeout|is unreachable|request failed)|There appears to be trouble with your network|Could not resolve host|Temporary failure in name resolution|\b50[0234]\b (?:Bad Gateway|Service Unavailable|Internal Server Error|Gateway Time)|npm error code E5\d\d|ERR_PNPM_FETCH_5\d\d|ERR_PNPM_META_FETCH_FAIL|ERR_PNPM_BROKEN_METADATA_JSON|ERR_PNPM_BAD_TARBALL_SIZE|The registry appears to be down|Response Code: 5\d\d|The server aborted pending request|HTTP Error 5\d\d|HTTP response from .*got 5\d\d|too many 5\d\d error responses|Connection (?:refused|reset|timed out)|error sending request|ESOCKETTIMEDOUT|Max retries exceeded with url|Read timed out|Transferred a partial file|Operation too slow|IncompleteRead|Timeout awaiting '/i,
    'the registry failed, or could not be reached',
  ],
  [
    'lock-stale',
    /can only install packages when your package\.json and package-lock\.json|npm ci.*can only install with an existing package-lock|ERR_PNPM_OUTDATED_LOCKFILE|Your lockfile needs to be updated|YN0028|lockfile would have been (?:modified|created)|The lockfile at `uv\.lock` needs to be updated|pyproject\.toml changed significantly since poetry\.lock|poetry\.lock is not up to date|the lock file .* needs to be updated but --locked|Your bundle is frozen|gemspecs? .* changed|updates to go\.mod needed|missing go\.sum entry/i,
    'the lock file does not fit the manifest',
  ],
  [
    'lock-incompatible',
    /ERR_PNPM_LOCKFILE_BREAKING_CHANGE|Ignoring (?:broken|not compatible) lockfile|lock file version .* requires `?-Znext|lockfileVersion .* not supported|NO_LOCKFILE/i,
    'this version of the package manager cannot read the lock file',
  ],
  [
    'wrong-runtime',
    /EBADENGINE.*\n.*(?:error|not compatible)|npm error code EBADENGINE|ERR_PNPM_UNSUPPORTED_ENGINE|The engine "node" is incompatible|requires rustc \d|go\.mod requires go >=|requires a different Python/i,
    'the libraries ask for another runtime',
  ],
  [
    'does-not-resolve',
    /ERESOLVE|ERR_PNPM_PEER_DEP|ERR_PNPM_NO_MATCHING_VERSION|\bETARGET\b|No matching version found|Couldn't find any versions for|YN0082|YN0016|No solution found when resolving|ResolutionImpossible|version solving failed|could not find compatible versions|failed to select a version/i,
    'no set of versions fits all ranges',
  ],
  [
    'not-available',
    /\bE404\b|ERR_PNPM_FETCH_404|404 Not Found|EINTEGRITY|ERR_PNPM_TARBALL_INTEGRITY|YN0035|YN0018|is yanked|Could not find artifact|No matching distribution found for/i,
    'a version is not in the registry, or is not what the lock file says it is',
  ],
]

/** Why libraries could not be installed or looked up, from what was written meanwhile. */
export function installTrouble(doing: 'install' | 'resolve', output: string): NoAnswer {
  for (const [code, sign, text] of SIGNS) {
    const found = sign.exec(output)
    if (found) return noAnswer(code, `${text} (${lineAround(output, found.index)})`)
  }
  const what =
    doing === 'install' ? 'the libraries could not be installed' : 'the newest versions could not be looked up'
  return noAnswer('install-failed', `${what} (${lastLine(output)})`)
}

/** Which lock file told nothing, and what its reader says is wrong with it. */
export function unreadable({locks}: Ecosystem, files: RepoFiles, error: unknown): NoAnswer {
  const [why] = String(error instanceof Error ? error.message : error).split('\n')
  return noAnswer(
    'lock-incompatible',
    `${locks.find(path => files.has(path)) ?? 'the lock file'} cannot be read: ${why}`,
  )
}

/** Red tests are an answer; a machine that ran out of something while they ran is none. */
export function testTrouble(exitCode: number, output: string): NoAnswer | undefined {
  if (exitCode === 127) return noAnswer('test-missing', `the test command is not there (${lastLine(output)})`)
  if (/ENOSPC|no space left on device/i.test(output)) return noAnswer('resources', 'out of disk while testing')
  return undefined
}

function lineAround(output: string, index: number): string {
  const start = output.lastIndexOf('\n', index) + 1
  const end = output.indexOf('\n', index)
  return plain(output.slice(start, end < 0 ? undefined : end))
}

function lastLine(output: string): string {
  return (
    output
      .split('\n')
      .map(plain)
      .findLast(line => line !== '') ?? ''
  )
}

/** Without colours, which some package managers write to files, too. */
function plain(line: string): string {
  return stripVTControlCharacters(line).trim().slice(0, 300)
}
