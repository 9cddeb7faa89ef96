import {holderOfRollout} from '../../app/ask.ts'
import {LATEST, openRollouts, type RolloutWithPlan, showRollout, type WhereIn} from '../../app/rollouts.ts'
import type {RolloutShown} from '../../core/rollout/show.ts'
import {carrying} from '../shared/carrying.ts'
import {environment, hookSaid} from '../shared/flags.ts'
import {rolloutId} from '../shared/rollout-args.ts'
import {VerbCommand} from '../shared/verb-command.ts'

export default class RolloutResume extends VerbCommand {
  static override summary = 'Go on with a rollout that was left, from what is really there.'

  static override description =
    'After a crash, a pause, a gate that did not hold, or a Ctrl-C. Looks at what runs and how traffic is shared before ' +
    'anything else, and repeats nothing that must not be repeated. Without ID, where the newest rollout is over and well, it is ' +
    'the one that was left before it.'

  static override examples = [
    '<%= config.bin %> rollout resume',
    '<%= config.bin %> rollout resume latest --wait',
    '<%= config.bin %> rollout resume --waive contract-unused:accounts-api@1 --reason "the last caller is a test"',
    '<%= config.bin %> rollout resume --hook accounts-1/expand=done',
  ]

  static override args = rolloutId

  static override flags = {
    ...environment,
    ...carrying,
    hook: hookSaid({
      multiple: true,
      multipleNonGreedy: true,
      description: 'Of a hook that nobody knows the end of: it has run (done), or is to be run (again).',
    }),
  }

  /** Where the newest one is over and well, as one that only started again what had run, it is the one that was left before it. */
  private async wanted(where: WhereIn, id: string): Promise<RolloutWithPlan> {
    const newest = this.take(await showRollout(where, id))
    const isOver = newest.rollout.state === 'succeeded' || newest.rollout.state === 'aborted'
    const [left] = id === LATEST && isOver ? this.take(await openRollouts(where)) : []
    return left ? this.take(await showRollout(where, left.id)) : newest
  }

  /** The newest one was gone on with, and need not be the only one that was left. */
  private async rememberOthers(where: WhereIn, id: string): Promise<void> {
    const other = this.take(await openRollouts(where)).find(one => one.id !== id)
    if (other && !this.take(await holderOfRollout(where, other.id)))
      this.remark(`rollout ${other.id} has not come to its end (${other.state}): sluice rollout resume ${other.id}`)
  }

  async run(): Promise<RolloutShown> {
    const {args, flags} = await this.parse(RolloutResume)
    const where = {...this.where(flags), env: flags.env}
    const {rollout, plan} = await this.wanted(where, args.id)
    const holder = this.take(await holderOfRollout(where, rollout.id))
    if (holder && rollout.state === 'paused') return this.askOrCarry(where, rollout.id, {do: 'resume'}, flags)
    const said = flags.hook && {hooks: new Map(flags.hook)}
    const carried = await this.goOnHere(where, rollout, plan, flags, {...said})
    await this.rememberOthers(where, carried.id)
    return carried
  }
}
