import type {Excuse, MaybeState} from '../../core/graph/system.ts'
import type {Plan, Step} from '../../core/plan/plan.ts'
import {counted} from '../text/count.ts'

/** `2.0.0`, `2.0.0:v1` in mode v1, and `–` for what is not deployed. */
export function stateText(state: MaybeState): string {
  if (state === null) return '–'
  return state.mode === null ? state.release : `${state.release}:${state.mode}`
}

/** What the step does, in one word. */
export function actionText(step: Step): string {
  if (step.from === null) return 'add'
  if (step.to === null) return 'remove'
  return step.action
}

export function excuseText({client, server, contract, reason}: Excuse): string {
  return `${client} and ${server} clash on ${contract}: ${reason}`
}

/** What a plan costs. */
export interface Cost {
  readonly deploys: number
  readonly switches: number
  readonly waves: number
}

export function costOf({steps}: Plan): Cost {
  const deploys = steps.filter(step => step.action === 'deploy').length
  return {deploys, switches: steps.length - deploys, waves: Math.max(0, ...steps.map(step => step.wave))}
}

/** `3 deploys, 1 switch in 4 waves`. */
export function costText(plan: Plan): string {
  const {deploys, switches, waves} = costOf(plan)
  const moves = [deploys > 0 && counted(deploys, 'deploy'), switches > 0 && counted(switches, 'switch', 'switches')]
  return `${moves.filter(Boolean).join(', ')} in ${counted(waves, 'wave')}`
}

/** What is known about plans that would do with fewer. */
export function optimalText(plan: Plan): string {
  return plan.optimal ? 'the fewest possible' : 'safe; time ran out before it was sure that fewer would not do'
}

/** The steps of each wave, in order. */
export function wavesOf(plan: Plan): readonly (readonly Step[])[] {
  const waves: Step[][] = []
  for (const step of plan.steps) (waves[step.wave - 1] ??= []).push(step)
  return waves
}
