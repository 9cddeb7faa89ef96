import type {Applied} from '../../app/applied.ts'
import type {ApplyOptions} from '../../app/apply.ts'
import type {Result} from '../../core/base/result.ts'
import type {Plan} from '../../core/plan/plan.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import type {Emit} from '../../ports/emit.ts'
import {explainText} from '../../report/failure.ts'
import {SluiceCommand} from '../base.ts'
import {type CarryingFlags, exitOf, optionsOf} from './carrying.ts'
import {progressOf} from './progress.ts'
import {lookOf} from './terminal.ts'

/** A command that carries a plan out: shows how it goes, hears signals, and ends as the rollout did. */
export abstract class CarryingCommand extends SluiceCommand {
  protected async carryOut(
    plan: Plan,
    flags: CarryingFlags,
    act: (options: ApplyOptions, emit: Emit) => Promise<Result<Applied>>,
  ): Promise<RolloutShown> {
    const progress = await progressOf(plan, this.jsonEnabled(), text => this.remark(text))
    const {options, done} = optionsOf(flags, text => this.remark(text))
    let applied: Result<Applied>
    try {
      applied = await act(options, event => progress.happened(event))
    } finally {
      await progress.end()
      done()
    }
    return this.conclude(this.take(applied))
  }

  private conclude(applied: Applied): RolloutShown {
    const {outcome, rollout} = applied
    if (outcome.state === 'succeeded') {
      this.remark(`rollout ${rollout.id} succeeded`)
      return rollout
    }
    const isOpen = outcome.state === 'waiting' || outcome.state === 'paused'
    const goOn = isOpen ? `; go on with sluice rollout resume ${rollout.id}` : ''
    this.remark(`rollout ${rollout.id} ${outcome.state}: ${outcome.failure.message}${goOn}`)
    if (outcome.failure.hint !== undefined) this.remark(`  → ${outcome.failure.hint}`)
    this.remark(explainText(outcome.failure.code, lookOf(process.stderr)))
    return this.end(exitOf(applied), rollout)
  }
}
