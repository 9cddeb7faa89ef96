import {askRollout} from '../../app/ask.ts'
import {showRollout, type WhereIn} from '../../app/rollouts.ts'
import {watchRollout} from '../../app/watch.ts'
import type {Event} from '../../core/event/event.ts'
import type {Wish} from '../../core/rollout/request.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import type {CarryingFlags} from './carrying.ts'
import {CarryingCommand} from './carrying-command.ts'

/** How somebody else's rollout is followed. */
interface Followed {
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal
  /** Where its events go besides. */
  readonly events?: string | undefined
}

/** A command that wants something of a rollout, whoever carries it out, or nobody. */
export abstract class VerbCommand extends CarryingCommand {
  /**
   * Asks whoever carries the rollout out. Where nobody does, goes on with it here, which hears the request before
   * anything else.
   * @param follow look on until it rests or has ended, where somebody else carries it out
   * @param wanted how it is to end for this command to have done its work
   */
  protected async askOrCarry(
    where: WhereIn,
    id: string,
    wish: Wish,
    flags: CarryingFlags,
    {follow = false, wanted = 'succeeded'}: {follow?: boolean; wanted?: RolloutShown['state']} = {},
  ): Promise<RolloutShown> {
    const {rollout, plan} = this.take(await showRollout(where, id))
    const answer = this.take(await askRollout(where, rollout.id, wish, flags.reason))
    if (answer.is === 'unheard') {
      this.remark(`nobody carries rollout ${rollout.id} out: going on with it here`)
      return this.goOnHere(where, rollout, plan, flags, {wanted})
    }
    const {name, host, pid} = answer.holder.owner
    this.remark(`heard by ${name} on ${host} (pid ${pid}), who carries rollout ${rollout.id} out`)
    if (!follow) return this.take(await showRollout(where, rollout.id)).rollout
    const watched = await this.follow(where, rollout.id)
    return this.conclude(watched, watched.state, watched.error, wanted)
  }

  /** Shows how a rollout goes on that somebody else carries out, until it rests or has ended. */
  protected async follow(
    where: WhereIn,
    id: string,
    {timeoutMs, signal, events: target}: Followed = {},
  ): Promise<RolloutShown> {
    const {plan} = this.take(await showRollout(where, id))
    const {events, progress} = await this.reporting(plan, target)
    const watching = {...(timeoutMs !== undefined && {timeoutMs}), ...(signal && {signal})}
    const heard = (event: Event) => {
      events.emit(event)
      progress.happened(event)
    }
    const watched = await watchRollout(where, id, heard, watching)
    await progress.end()
    events.end()
    return this.take(watched)
  }
}
