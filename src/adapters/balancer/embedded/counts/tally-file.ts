import {join} from 'node:path'
import type {Instant} from '../../../../core/base/units.ts'
import {readIfThere, replaceFile} from '../../../files.ts'
import {inTurn} from '../../../in-turn.ts'
import type {Tallies} from './tallies.ts'

function tallyFile(folder: string): string {
  return join(folder, 'calls.json')
}

/**
 * The calls counted by earlier processes. Nothing passes while no process runs, so after a clean end the coverage goes
 * on; after any other, calls may have come between the last writing and the end, and it starts again.
 */
export async function loadTallies(folder: string, now: Instant): Promise<Tallies> {
  const kept = parsed((await readIfThere(tallyFile(folder))) ?? '')
  if (!kept) return {}
  if (!kept.clean) for (const tally of Object.values(kept.tallies).flatMap(Object.values)) tally.coveredSince = now
  return kept.tallies
}

/** Writes the tallies down where they have changed, one after the other: what is older never comes last. */
export function tallyKeeper(folder: string): {
  /** @param clean the last writing: no call will be counted after it */
  keep(tallies: Tallies, clean: boolean): Promise<void>
} {
  let written = ''
  const turns = inTurn()
  return {
    keep: (tallies, clean) =>
      turns('keep', async () => {
        const text = JSON.stringify({clean, tallies})
        if (text === written) return
        await replaceFile(tallyFile(folder), text)
        written = text
      }),
  }
}

/** A file that cannot be read is no evidence, and no reason to stand still. */
function parsed(text: string): {clean: boolean; tallies: Tallies} | undefined {
  try {
    const kept = JSON.parse(text) as {clean?: unknown; tallies?: Tallies}
    return kept.tallies ? {clean: kept.clean === true, tallies: kept.tallies} : undefined
  } catch {
    return undefined
  }
}
