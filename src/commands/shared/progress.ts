import type {Plan} from '../../core/plan/plan.ts'
import {lineProgress} from '../../report/rollout/lines.ts'
import type {Progress} from '../../report/rollout/live.ts'
import {lookOf, mayMove} from './terminal.ts'

/** A live list in a terminal, plain lines elsewhere; always beside the data, never in it. */
export async function progressOf(plan: Plan, json: boolean, say: (text: string) => void): Promise<Progress> {
  if (json || !mayMove(process.stdout)) return lineProgress(lookOf(process.stderr), say)
  const {liveProgress} = await import('../../report/rollout/live.ts')
  return liveProgress(plan)
}
