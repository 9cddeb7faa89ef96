import type {Plan} from '../../core/plan/plan.ts'
import {lineProgress} from '../../report/rollout/lines.ts'
import type {Progress} from '../../report/rollout/progress.ts'
import {lookOf, mayMove} from './terminal.ts'

/** Rows that a screen needs beside those of the steps and what they say. */
const MARGIN_ROWS = 4

/** A live list in a terminal that holds it, plain lines elsewhere; always beside the data, never in it. */
export async function progressOf(plan: Plan, json: boolean, say: (text: string) => void): Promise<Progress> {
  const fits = 2 * plan.steps.length + MARGIN_ROWS <= (process.stdout.rows ?? 0)
  if (json || !mayMove(process.stdout) || !fits) return lineProgress(lookOf(process.stderr), say)
  const {liveProgress} = await import('../../report/rollout/live.ts')
  return liveProgress(plan, lookOf(process.stdout), say)
}
