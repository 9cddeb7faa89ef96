import {printable} from '../core/base/printable.ts'
import type {Contents, Lease} from '../ports/state.ts'
import {type Look, paintOf} from './look.ts'
import {counted} from './text/count.ts'

/** Where the record is, what is in it, and who holds what. */
export function stateText(
  shown: {readonly place: string; readonly contents: Contents | null; readonly leases: readonly Lease[]},
  look: Look,
): string {
  const paint = paintOf(look)
  const lines = [
    paint.strong(printable(shown.place)),
    `  ${shown.contents ? contentsText(shown.contents) : 'nothing is recorded yet'}`,
  ]
  for (const {environment, fence, owner, reason, expiresAt} of shown.leases) {
    const who = `${owner.name} on ${owner.host} (pid ${owner.pid})`
    const until = paint.faint(`until ${new Date(expiresAt).toISOString()}`)
    lines.push(`  lock ${fence} on ${environment}: ${printable(who)}${reason && `, ${printable(reason)}`} ${until}`)
  }
  return `${lines.join('\n')}\n`
}

/** What went where, and what is left to do by hand. */
export function movedText(
  moved: {readonly from: string; readonly to: string; readonly contents: Contents},
  isLocal: boolean,
): string {
  const todo = isLocal ? 'take `state` out of sluice.yaml' : 'now write it under `state` in sluice.yaml'
  return `${contentsText(moved.contents)}\n  from ${printable(moved.from)}\n  to   ${printable(moved.to)}\n${todo}; until then every command says where the record went\n`
}

function contentsText({rows}: Contents): string {
  const {rollout = 0, entry = 0, kept = 0} = rows
  const what = [counted(rollout, 'rollout'), counted(entry, 'entry', 'entries'), counted(kept, 'service')]
  return what.join(', ')
}
