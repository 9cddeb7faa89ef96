import type {Applied} from '../../app/applied.ts'
import type {ApplyOptions} from '../../app/apply.ts'
import {eventStream} from '../../app/events.ts'
import type {Result} from '../../core/base/result.ts'
import {failure} from '../../core/base/failure.ts'
import type {Plan} from '../../core/plan/plan.ts'
import type {ErrorShown, RolloutShown} from '../../core/rollout/show.ts'
import type {Emit} from '../../ports/emit.ts'
import {explainText} from '../../report/failure.ts'
import {SluiceCommand} from '../base.ts'
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
  protected async carryOut(
    plan: Plan,
    flags: CarryingFlags,
    act: (options: ApplyOptions, emit: Emit) => Promise<Result<Applied>>,
    wanted: RolloutShown['state'] = 'succeeded',
  ): Promise<RolloutShown> {
    const isTaken = flags.events === '-'
    if (isTaken && this.jsonEnabled()) throw new Refused(TWO_OUTPUTS)
    const events = this.take(eventStream(flags.events, text => this.remark(text)))
    const progress = await progressOf(plan, this.jsonEnabled() || isTaken, text => this.remark(text))
    const {options, done} = optionsOf(flags, text => this.remark(text))
    let applied: Result<Applied>
    try {
      applied = await act(options, event => {
        events.emit(event)
        progress.happened(event)
      })
    } finally {
      await progress.end()
      events.end()
      done()
    }
    const {rollout, outcome} = this.take(applied)
    const why = outcome.state === 'succeeded' ? undefined : outcome.failure
    const undone = outcome.state === 'failed' ? outcome.undone : undefined
    if (undone)
      this.remark(`what rollout ${rollout.id} had done before is taken back by ${undone.rollout}: ${undone.state}`)
    const isLeft = undone !== undefined && undone.state !== 'succeeded'
    return this.conclude(rollout, isLeft ? undone.state : outcome.state, why, wanted)
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
    if (why?.hint !== undefined) this.remark(`  → ${why.hint}`)
    if (why) this.remark(explainText(why.code, lookOf(process.stderr)))
    return this.end(exitOf(state), rollout)
  }
}
