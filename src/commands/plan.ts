import * as Flags from '@oclif/core/flags'
import {plan, type Planned} from '../app/plan.ts'
import type {NoPlan, Plan as PlanDocument} from '../core/plan/plan.ts'
import {jsonText} from '../report/json.ts'
import type {Look} from '../report/look.ts'
import {planMarkdown} from '../report/plan/markdown.ts'
import {planMermaid} from '../report/plan/mermaid.ts'
import {noPlanText} from '../report/plan/no-plan.ts'
import {planTree} from '../report/plan/tree.ts'
import {SluiceCommand} from './base.ts'
import {environment, timeLimit, wanted} from './shared/flags.ts'
import {keepText} from '../app/kept.ts'

/** Writes a plan in some form. */
type Write = (plan: PlanDocument, look: Look, talks: Planned['talks']) => string | Promise<string>

/** Every form a plan can be written in. */
const FORMATS = {
  tree: planTree,
  json: jsonText,
  markdown: planMarkdown,
  mermaid: planMermaid,
  html: page,
} as const satisfies Record<
  string,
  (plan: PlanDocument, look: Look, talks: Planned['talks']) => string | Promise<string>
>
type Format = keyof typeof FORMATS

/** Loaded where it is asked for: no other command has to wait for it. */
async function page(made: PlanDocument | NoPlan, _look?: Look, talks?: Planned['talks']): Promise<string> {
  const {pageOf} = await import('../app/page.ts')
  return pageOf(made, talks?.())
}

const NO_PLAN = 3
const STEPS = 2

export default class Plan extends SluiceCommand {
  static override summary = 'Work out a safe order from what runs to what should.'

  static override description =
    'The plan has waves of steps, each safe at every instant and in every interleaving, with its reasons. Nothing is ' +
    'changed. A kept plan is carried out by `sluice apply FILE`, as long as it fits what runs.\n\n' +
    'Ends with 3 where there is no safe plan, with what clashes and what would help.'

  static override examples = [
    '<%= config.bin %> plan',
    '<%= config.bin %> plan --env production --to accounts=^3 --to billing=latest',
    '<%= config.bin %> plan --out plan.json',
    '<%= config.bin %> plan --format markdown --out plan.md',
    '<%= config.bin %> plan --format html --out plan.html',
    '<%= config.bin %> plan --from billing=1.0.0 --to billing=2.0.0:v1 --json',
  ]

  static override flags = {
    ...environment,
    from: wanted({
      multiple: true,
      multipleNonGreedy: true,
      description: 'Take this service to be there, whatever is known of it.',
    }),
    to: wanted({
      multiple: true,
      multipleNonGreedy: true,
      description: 'Bring this service there, whatever the file says.',
    }),
    format: Flags.option({
      options: Object.keys(FORMATS) as Format[],
      description: 'How the plan is written; tree where nothing is said.',
    })(),
    out: Flags.string({helpValue: 'FILE', description: 'Write it there, as JSON unless --format says otherwise.'}),
    'detailed-exitcode': Flags.boolean({
      description: 'End with 2 where there are steps, and with 0 where there is nothing to do.',
    }),
    ...timeLimit,
  }

  async run(): Promise<PlanDocument | NoPlan> {
    const {flags} = await this.parse(Plan)
    const from = new Map(flags.from)
    const to = new Map(flags.to)
    const asked = {...this.where(flags), env: flags.env, from, to, timeLimitMs: flags['time-limit']}
    const {plan: made, warnings, bad, found, talks} = this.take(await plan(asked))
    this.warnings(warnings)
    this.remember(bad)
    this.recognise(found)
    if (made.steps === null) {
      await this.deliverNone(made, flags.format, flags.out)
      return this.end(NO_PLAN, made)
    }
    await this.deliver(made, talks, flags.format, flags.out)
    return flags['detailed-exitcode'] && made.steps.length > 0 ? this.end(STEPS, made) : made
  }

  /** Why there is none: a page goes where a plan would; everything else is for whoever asked. */
  private async deliverNone(no: NoPlan, format: Format | undefined, out: string | undefined): Promise<void> {
    if (format === 'json') return this.print(jsonText(no))
    if (format === 'html' && out === undefined) return this.print(await page(no))
    if (format === 'html' && out !== undefined) this.take(await keepText(out, await page(no)))
    this.print(() => noPlanText(no, this.look))
  }

  private async written(format: Format, ...asked: Parameters<Write>): Promise<string> {
    const write: Write = FORMATS[format]
    return write(...asked)
  }

  /** To standard output, or to a file with a look at the plan on standard output. */
  private async deliver(
    made: PlanDocument,
    talks: Planned['talks'],
    format: Format | undefined,
    out: string | undefined,
  ): Promise<void> {
    if (out === undefined) {
      // The document is all that `--json` prints: the text of a large plan takes as long as the plan.
      return this.jsonEnabled() ? undefined : this.print(await this.written(format ?? 'tree', made, this.look, talks))
    }
    this.take(await keepText(out, await this.written(format ?? 'json', made, PAGE, talks)))
    this.print(() => planTree(made, this.look))
    const kept = `kept in ${out}`
    this.remark((format ?? 'json') === 'json' ? `${kept}; carry it out with sluice apply ${out}` : kept)
  }
}

/** A file is read anywhere: no colours, and no wider than a page. */
const PAGE: Look = {columns: 100, colour: false}
