import * as Args from '@oclif/core/args'
import {check} from '../app/check.ts'
import {EXIT_OF_FAILURE, type Failure, failure} from '../core/base/failure.ts'
import {parseMove} from '../core/config/wanted.ts'
import type {NoPlan, Plan, Step} from '../core/plan/plan.ts'
import {notAdmittedText} from '../report/plan/not-admitted.ts'
import {planTree} from '../report/plan/tree.ts'
import {SluiceCommand} from './base.ts'
import {Refused} from './shared/ending.ts'
import {environment, timeLimit, wanted} from './shared/flags.ts'

/** The document of `check --json`. */
interface CheckDocument {
  readonly service: string
  readonly environment: string
  readonly admitted: boolean
  readonly plan: Plan | NoPlan
  /** What has to be done before, where it may not. */
  readonly first: readonly Step[]
  /** Only where it may not. */
  readonly error?: Failure
}

export default class Check extends SluiceCommand {
  static override summary = 'May this release go into the environment, as things stand?'

  static override description =
    'Everything else stays where it is. Ends with 0 where it may, and with 3 where it may not, with what clashes and what ' +
    'has to go first.'

  static override examples = [
    '<%= config.bin %> check accounts@2.0.0',
    '<%= config.bin %> check billing@2.0.0:v1 --env production --json',
  ]

  static override args = {
    release: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'SERVICE@VERSION, and :MODE where it has modes.',
    }),
  }

  static override flags = {
    ...environment,
    from: wanted({multiple: true, multipleNonGreedy: true, description: 'Take this service to be there.'}),
    ...timeLimit,
  }

  async run(): Promise<CheckDocument> {
    const {args, flags} = await this.parse(Check)
    const {service, state} = releaseOf(args.release)
    const asked = {...this.where(flags), env: flags.env, from: new Map(flags.from), timeLimitMs: flags['time-limit']}
    const {plan, first, environment: name, warnings} = this.take(await check({...asked, service, wanted: state}))
    this.warnings(warnings)
    const document = {service, environment: name, admitted: plan.steps !== null, plan, first}
    if (plan.steps === null) {
      this.print(() => notAdmittedText(args.release, name, plan, first, this.look))
      const clash = plan.conflicts[0]?.text ?? plan.text ?? 'there is no safe plan'
      const message = `${args.release} may not go into ${name} as things stand: ${clash}`
      return this.end(EXIT_OF_FAILURE['not-admitted'], {...document, error: failure('not-admitted', {message})})
    }
    this.print(() => `${args.release} may go into ${name}.\n\n${planTree(plan, this.look)}`)
    return document
  }
}

function releaseOf(text: string) {
  const move = parseMove(text, '@')
  if (move) return {service: move[0], state: move[1]}
  throw new Refused(
    failure('usage', {
      message: `${JSON.stringify(text)} names no release`,
      hint: 'write SERVICE@VERSION, as accounts@2.0.0',
    }),
  )
}
