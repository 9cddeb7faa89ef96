import type {HolderShown} from '../../core/rollout/show.ts'
import {printable} from '../../core/base/printable.ts'

/** Who holds something, since when, why, and until when. */
export function holderText({name, host, pid, reason, since, expiresAt, fence}: HolderShown): string {
  const why = reason === '' ? '' : `, for: ${reason}`
  const lock = `lock ${fence}, until ${expiresAt} unless it is renewed`
  return printable(`held by ${name} on ${host} (pid ${pid}) since ${since}${why}; ${lock}`)
}
