import {Listr, ListrTaskState} from 'listr2'
import type {Instant} from '../../core/base/units.ts'
import type {Event} from '../../core/event/event.ts'
import type {Plan, Step, StepId} from '../../core/plan/plan.ts'
import {type Look, type Paint, paintOf} from '../look.ts'
import {stateText} from '../plan/words.ts'
import {padded, widest} from '../text/width.ts'
import {eventLine, eventText, shareText, tookText} from './line.ts'
import type {Progress, Standing} from './progress.ts'

type StepEvent = Extract<Event, {readonly step: StepId}>

/** What listr2 gives a task that is running, as far as we touch it. */
interface Task {
  title: string
  output: string
  readonly task: {state$: ListrTaskState}
  skip(message: string): void
}

/** One line on the screen, from before it is drawn until it has settled. */
interface Line {
  readonly title: string
  task?: Task
  /** What came before there was anything to show it on. */
  readonly early: StepEvent[]
  begunAt?: Instant
  /** It has come to its end, good or bad. */
  isOver?: true
  readonly settled: Promise<void>
  readonly settle: (error?: Error) => void
}

/**
 * A line a step in a terminal that can redraw. listr2 draws them; nothing is carried out in its tasks, which wait to be
 * settled by events. A step whose turn has not come shows no spinner.
 */
export function liveProgress(plan: Plan, look: Look, write: (line: string) => void): Progress {
  const paint = paintOf(look)
  const titles = titlesOf(plan, paint)
  const lines = new Map(plan.steps.map((step, index) => [step.id, lineOf(titles[index] ?? step.id)]))
  let drawing: Promise<unknown> | undefined
  return {
    happened: event => {
      if ('step' in event) return tell(lines.get(event.step), event, paint)
      if (event.code === 'rollout-begun' || event.code === 'rollout-resumed') {
        drawing ??= new Listr([...lines.values()].map(taskOf(paint)), OPTIONS).run()
      } else if (!drawing) write(eventLine(event, look) ?? '')
    },
    end: async (steps = []) => {
      for (const [id, line] of lines) leave(line, steps.find(step => step.id === id)?.state, paint)
      await drawing
    },
  }
}

/** One step that fails does not end the others, and Ctrl-C is the command's: it stops at a safe point. */
const OPTIONS = {
  concurrent: true,
  exitOnError: false,
  registerSignalListeners: false,
  rendererOptions: {collapseErrors: false, showErrorMessage: false},
}

function titlesOf({steps}: Plan, paint: Paint): readonly string[] {
  const id = widest(steps.map(step => step.id))
  const way = ({from, to}: Step) => `${paint.faint(`${stateText(from)} →`)} ${paint.next(stateText(to))}`
  return steps.map(step => `${padded(paint.name(step.id), id)}  ${way(step)}`)
}

function lineOf(title: string): Line {
  let settle: Line['settle'] = () => {}
  const settled = new Promise<void>((resolve, reject) => {
    settle = error => (error ? reject(error) : resolve())
  })
  // A step may fail before its line is drawn; the task that comes to it then is told all the same.
  settled.catch(() => {})
  return {title, early: [], settled, settle}
}

function taskOf(paint: Paint) {
  return (line: Line) => ({
    title: line.title,
    task: (_: unknown, task: Task) => {
      line.task = task
      task.task.state$ = ListrTaskState.WAITING
      for (const event of line.early) show(line, task, event, paint)
      return line.settled
    },
  })
}

function tell(line: Line | undefined, event: StepEvent, paint: Paint): void {
  if (line?.task) show(line, line.task, event, paint)
  else line?.early.push(event)
}

function show(line: Line, task: Task, event: StepEvent, paint: Paint): void {
  if (event.code === 'step-started') line.begunAt = event.at
  if (event.code !== 'step-waiting') task.task.state$ = ListrTaskState.STARTED
  switch (event.code) {
    case 'step-succeeded':
      line.isOver = true
      task.title = `${line.title}  ${paint.faint(line.begunAt === undefined ? '' : tookText(line.begunAt, event.at))}`
      return line.settle()
    case 'step-rolled-back':
    case 'step-halted':
      line.isOver = true
      task.title = `${line.title}  ${paint.bad(eventText(event) ?? '')}`
      return line.settle(new Error(event.why.message))
    default:
      task.output = watchText(event) ?? eventText(event) ?? task.output
  }
}

/** What changes many times a second. */
function watchText(event: StepEvent): string | undefined {
  if (event.code === 'instances-seen') return `${event.pool}: ${event.healthy} of ${event.wanted} healthy`
  if (event.code !== 'share-seen') return undefined
  const {asked, measured, requests, errors, heldMs, bakeMs} = event
  const got = measured === undefined ? [] : [`measured ${shareText(measured)}`]
  const counts = requests === 0 ? [] : [`${requests} requests`, `${errors} errors`]
  const held = `${Math.floor(Math.min(heldMs, bakeMs) / 1000)} of ${Math.ceil(bakeMs / 1000)} s`
  return [`${shareText(asked)} on next`, ...got, ...counts, held].join(', ')
}

/** The rollout rests or has ended: of each step that has not come to its end before our eyes it is said how it stands. */
function leave(line: Line, state: Standing['state'] | undefined, paint: Paint): void {
  const {task} = line
  if (task && !line.isOver && state === 'succeeded') {
    task.task.state$ = ListrTaskState.STARTED
    task.title = `${line.title}  ${paint.faint('done before')}`
  } else if (!line.isOver) {
    const isBegun = line.begunAt !== undefined || (state !== undefined && !NOT_BEGUN.has(state))
    task?.skip(`${line.title}  ${paint.faint(isBegun ? 'stays as it is' : 'not begun')}`)
  }
  line.settle()
}

const NOT_BEGUN: ReadonlySet<Standing['state']> = new Set(['pending', 'waiting'])
