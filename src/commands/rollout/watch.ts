import {showRollout} from '../../app/rollouts.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {carrying} from '../shared/carrying.ts'
import {duration, environment} from '../shared/flags.ts'
import {rolloutId} from '../shared/rollout-args.ts'
import {stopSignal} from '../shared/stop.ts'
import {VerbCommand} from '../shared/verb-command.ts'

export default class RolloutWatch extends VerbCommand {
  static override summary = 'Follow a rollout that somebody else carries out.'

  static override description =
    'Until it rests or has ended, and then ends as the rollout did: 0 succeeded, 1 failed or aborted, 4 waiting, paused or ' +
    'still running after --timeout, 6 halted, or nobody carries it out any more. Ctrl-C ends the watching and nothing else.'

  static override examples = [
    '<%= config.bin %> rollout watch',
    '<%= config.bin %> rollout watch latest --timeout 30m --json',
    '<%= config.bin %> rollout watch --events -',
  ]

  static override args = rolloutId

  static override flags = {
    ...environment,
    timeout: duration({description: 'How long to watch at the most. [default: until it rests]'}),
    events: carrying.events,
  }

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutWatch)
    const where = {...this.where(flags), env: flags.env}
    const {rollout} = this.take(await showRollout(where, args.id))
    const watched = await this.follow(where, rollout.id, {
      timeoutMs: flags.timeout,
      signal: stopSignal().signal,
      events: flags.events,
    })
    return watched.state === 'running' ? watched : this.conclude(watched, watched.state, watched.error, 'succeeded')
  }
}
