import type {Applied} from '../../app/applied.ts'
import type {ApplyOptions} from '../../app/apply.ts'
import {resumeRollout, type WhereIn} from '../../app/rollouts.ts'
import {gone} from '../../app/start-again.ts'
import {askRollout, awaitedOfMe} from '../../app/ask.ts'
import {eventStream} from '../../app/events.ts'
import type {Result} from '../../core/base/result.ts'
import {failure} from '../../core/base/failure.ts'
import type {Plan} from '../../core/plan/plan.ts'
import type {ErrorShown, RolloutShown} from '../../core/rollout/show.ts'
import type {Emit} from '../../ports/emit.ts'
import {explainText} from '../../report/failure.ts'
import {SluiceCommand} from '../base.ts'
import {agreed} from './agreed.ts'
import {Refused} from './ending.ts'
import {type CarryingFlags, exitOf, optionsOf} from './carrying.ts'
import {progressOf} from './progress.ts'
import {lookOf} from './terminal.ts'

const TWO_OUTPUTS = failure('usage', {
  message: '--json and --events - both want standard output',
  hint: 'write the events to a file',
})

/** A command that carries a plan out: shows how it goes, hears signals, and ends as the rollout did. */
export abstract class CarryingCommand extends SluiceCommand {
  private readonly asked = new Set<string>()

  protected async carryOut(
    plan: Plan,
    flags: CarryingFlags,
    act: (options: ApplyOptions, emit: Emit) => Promise<Result<Applied>>,
    wanted: RolloutShown['state'] = 'succeeded',
  ): Promise<RolloutShown> {
    const {events, progress} = await this.reporting(plan, flags.events)
    const {options, done} = optionsOf(flags, text => this.remark(text))
    let applied: Result<Applied> | undefined
    try {
      applied = await act(options, event => {
        events.emit(event)
        progress.happened(event)
      })
    } finally {
      await progress.end(applied?.ok ? applied.value.rollout.steps : [])
      events.end()
      done()
    }
    const {rollout, outcome} = this.take(applied)
    if (outcome.state === 'waiting' && (await this.approve(plan, rollout, flags)))
      return this.goOnHere(this.whereOf(rollout, flags), rollout, plan, flags, {wanted})
    const why = outcome.state === 'succeeded' ? undefined : outcome.failure
    const undone = outcome.state === 'failed' ? outcome.undone : undefined
    if (undone)
      this.remark(`what rollout ${rollout.id} had done before is taken back by ${undone.rollout}: ${undone.state}`)
    const isLeft = undone !== undefined && undone.state !== 'succeeded'
    return this.conclude(rollout, isLeft ? undone.state : outcome.state, why, wanted)
  }

  /** Where what happens is told: to a stream of events, where one is wanted, and to whoever looks on. */
  protected async reporting(plan: Plan, target: string | undefined) {
    const isTaken = target === '-'
    if (isTaken && this.jsonEnabled()) throw new Refused(TWO_OUTPUTS)
    const say = (text: string) => this.remark(text)
    const events = this.take(eventStream(target, say))
    return {events, progress: await progressOf(plan, this.jsonEnabled() || isTaken, say)}
  }

  /** Asks whoever sits at the terminal for the approvals that they may give, each once; whether any was given. */
  private async approve(plan: Plan, rollout: RolloutShown, flags: CarryingFlags): Promise<boolean> {
    if (flags.events === '-' || !this.isAttended()) return false
    const {name, approvals} = awaitedOfMe(plan, rollout)
    let isGiven = false
    for (const {step, gate, text} of approvals) {
      if (this.asked.has(`${step} ${gate}`)) continue
      this.asked.add(`${step} ${gate}`)
      if (!(await agreed(`${step} waits to be ${text}. Do you approve, ${name}?`))) continue
      const wish = {do: 'approve', gate, step, waive: false} as const
      this.take(await askRollout(this.whereOf(rollout, flags), rollout.id, wish, flags.reason))
      isGiven = true
    }
    return isGiven
  }

  private whereOf({environment}: RolloutShown, flags: CarryingFlags): WhereIn {
    return {...this.where(flags), env: environment}
  }

  /** Goes on with a rollout here. What ran when it was left, and does not any more, is started first. */
  protected async goOnHere(
    where: WhereIn,
    {id, state}: Pick<RolloutShown, 'id' | 'state'>,
    plan: Plan,
    flags: CarryingFlags,
    {wanted, ...more}: Partial<ApplyOptions> & {readonly wanted?: RolloutShown['state']} = {},
  ): Promise<RolloutShown> {
    const goOn = () =>
      this.carryOut(plan, flags, (options, emit) => resumeRollout(where, id, {...options, ...more}, emit), wanted)
    // The way back waits for nothing: what it leads to, and does not run either, is started when the traffic is back.
    if (wanted === 'aborted') {
      const back = await goOn()
      await this.startGone(where, plan, flags, 'what it goes back to does not run, and is started')
      return back
    }
    const isDone = state === 'succeeded' || state === 'aborted'
    if (!isDone) await this.startGone(where, plan, flags, 'what should run already and does not is started first')
    return goOn()
  }

  /** Starts what ran once, of the services of a plan and those around them, where nothing of it runs any more. */
  private async startGone(where: WhereIn, plan: Plan, flags: CarryingFlags, why: string): Promise<void> {
    const first = this.take(await gone(where, plan))
    if (!first) return
    this.remark(`${why}: ${first.plan.steps.map(({service}) => service).join(', ')}`)
    await this.carryOut(first.plan, flags, first.carry)
  }

  /** Says how a rollout stands, and ends as it did: well only where it is as wanted. */
  protected conclude(
    rollout: RolloutShown,
    state: RolloutShown['state'],
    why: ErrorShown | undefined,
    wanted: RolloutShown['state'],
  ): RolloutShown {
    const {id} = rollout
    const isOpen = state === 'waiting' || state === 'paused'
    const goOn = isOpen ? `; go on with sluice rollout resume ${id}` : ''
    this.remark(`rollout ${id} ${state}${why && state !== wanted ? `: ${why.message}` : ''}${goOn}`)
    if (state === wanted) return rollout
    for (const hint of why?.hint?.split('\n') ?? []) this.remark(`  → ${hint}`)
    if (why) this.remark(explainText(why.code, lookOf(process.stderr)))
    return this.end(exitOf(state), rollout)
  }
}
