import type {ListrTaskWrapper} from 'listr2'
import type {Event} from '../../core/event/event.ts'
import type {Plan, Step, StepId} from '../../core/plan/plan.ts'
import {stateText} from '../plan/words.ts'
import {eventLine} from './line.ts'
import {PLAIN} from '../look.ts'

/** Told of events as they come; `end` when there are no more. */
export interface Progress {
  happened(event: Event): void
  end(): Promise<void>
}

/** What is shown of one step while it runs. */
interface Shown {
  task?: Pick<ListrTaskWrapper<unknown, never, never>, 'title' | 'output' | 'skip'>
  /** Said before the terminal asked for it. */
  said: string
  readonly settled: Promise<End>
  readonly settle: (end: End) => void
}

type End = {readonly is: 'done'} | {readonly is: 'bad'; readonly why: string} | {readonly is: 'not-begun'}

/** One line a step in a terminal that can redraw: made from the plan, settled by events. */
export async function liveProgress(plan: Plan): Promise<Progress> {
  const {Listr} = await import('listr2')
  const shown = new Map<StepId, Shown>(plan.steps.map(step => [step.id, showing()]))
  const tasks = plan.steps.map(step => ({title: titleOf(step), task: taskOf(shown.get(step.id) ?? showing())}))
  const list = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    // Signals are the command's: it stops at a safe point, and the list goes on until then.
    registerSignalListeners: false,
    rendererOptions: {showErrorMessage: true, collapseErrors: false},
  })
  const running = list.run()
  return {
    happened: event => {
      const one = 'step' in event ? shown.get(event.step) : undefined
      if (one) show(one, event)
    },
    end: async () => {
      for (const one of shown.values()) one.settle({is: 'not-begun'})
      await running.catch(() => {})
    },
  }
}

function showing(): Shown {
  let settle: (end: End) => void = () => {}
  const settled = new Promise<End>(resolve => {
    settle = resolve
  })
  return {said: '', settled, settle}
}

function taskOf(one: Shown) {
  return async (_: unknown, task: NonNullable<Shown['task']>): Promise<void> => {
    one.task = task
    if (one.said !== '') task.output = one.said
    const end = await one.settled
    if (end.is === 'bad') throw new Error(end.why)
    if (end.is === 'not-begun') task.skip('not begun')
  }
}

function show(one: Shown, event: Event): void {
  const line = event.code === 'share-seen' ? watchText(event) : eventLine(event, PLAIN)
  if (line !== undefined) {
    one.said = line
    if (one.task) one.task.output = line
  }
  if (event.code === 'step-succeeded') one.settle({is: 'done'})
  if (event.code === 'step-rolled-back' || event.code === 'step-halted') one.settle({is: 'bad', why: event.why.message})
}

function titleOf({id, from, to, action}: Step): string {
  return `${id}  ${stateText(from)} → ${stateText(to)}  ${action}`
}

function watchText({asked, measured, requests, heldMs, bakeMs}: Extract<Event, {code: 'share-seen'}>): string {
  const got = measured === undefined ? '' : `, measured ${measured.toFixed(1)} %`
  return `share ${asked} %${got}, ${requests} requests, baked ${Math.floor(heldMs / 1000)} of ${Math.ceil(bakeMs / 1000)} s`
}
