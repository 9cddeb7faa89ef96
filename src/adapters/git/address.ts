import {resolve} from 'node:path'
import {type Failure, failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'

/** Where a repository is: a folder of this machine, or somewhere that git has to fetch from. */
export type Address = {readonly is: 'folder'; readonly path: string} | {readonly is: 'remote'; readonly url: string}

/** Ways to fetch that run no program the address names. */
const PROTOCOLS = new Set(['https:', 'http:', 'ssh:', 'git:', 'file:', 'git+ssh:', 'ssh+git:'])

/** `user@host:path`, as ssh takes it. */
const SCP_LIKE = /^[\w.-]+@[\w.-]+:(?!:)[^\s]+$/

/** Reads `repo` of a service; a path starts from the folder of `sluice.yaml`. */
export function addressOf(repo: string, root: string): Result<Address> {
  if (repo.startsWith('-') || repo.includes('\0')) return fail(refused(repo))
  if (SCP_LIKE.test(repo)) return ok({is: 'remote', url: repo})
  if (repo.includes('::')) return fail(refused(repo))
  if (!/^[A-Za-z][\w+.-]*:\/\//.test(repo)) return ok({is: 'folder', path: resolve(root, repo)})
  const protocol = URL.canParse(repo) ? new URL(repo).protocol : ''
  return PROTOCOLS.has(protocol) ? ok({is: 'remote', url: repo}) : fail(refused(repo))
}

function refused(repo: string): Failure {
  return failure('repository-failed', {
    message: `${JSON.stringify(withoutSecrets(repo))} is no address of a repository`,
    hint: 'name a folder, or an address with https, ssh, git or file, or user@host:path',
  })
}

/** An address, or what git says about one, without user name and password. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/(\w:\/\/)[^/@\s]+@/g, '$1')
}
