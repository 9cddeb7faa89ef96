import {printable} from '../../core/base/printable.ts'
import type {Take} from '../../core/library/advice.ts'
import {TAKES} from '../../core/library/advice.ts'
import {worst} from '../../core/library/advisory.ts'
import type {Advised, Outdated} from '../../core/library/outdated.ts'
import {type Look, type Paint, paintOf} from '../look.ts'
import {counted} from '../text/count.ts'
import {padded, widest, wrapped} from '../text/width.ts'

/** What a person reads of one service. */
export interface OutdatedPage extends Outdated {
  readonly branch: string
  readonly advisories: readonly {readonly source: string; readonly answered: boolean; readonly why?: string}[]
  readonly gaps: readonly string[]
  readonly prepared?: Prepared
}

/** What `--apply` came to. */
interface Prepared {
  readonly commits: readonly {
    readonly class: string
    readonly libraries: readonly string[]
    readonly commit?: string
    readonly noAnswer?: {readonly text: string}
  }[]
  readonly at?: {
    readonly is: 'branch' | 'pushed' | 'patches' | 'refused'
    readonly where: string
    readonly why?: string
  }
}

/** The libraries of services, or why they are not known. */
export function outdatedText(
  pages: readonly (OutdatedPage | {readonly service: string; readonly why: string})[],
  look: Look,
): string {
  const paint = paintOf(look)
  const texts = pages.map(page =>
    'why' in page
      ? `${paint.strong(printable(page.service))}\n  ${paint.warn(printable(page.why))}`
      : pageText(page, look, paint),
  )
  return `${texts.join('\n\n')}\n`
}

function pageText(page: OutdatedPage, look: Look, paint: Paint): string {
  const {service, branch, commit, libraries, updates} = page
  const head = `${paint.strong(printable(service))}  ${paint.faint(`${branch} at ${commit.slice(0, 7)}, ${counted(libraries, 'library', 'libraries')} looked at`)}`
  const groups = TAKES.flatMap(take =>
    groupLines(
      take,
      updates.filter(update => update.take === take),
      look,
      paint,
    ),
  )
  const nothing =
    updates.length > 0 ? [] : [page.gaps.length === 0 ? '  nothing newer to take' : '  nothing newer is known']
  return [
    head,
    ...nothing,
    ...groups,
    ...remarks(page, look, paint),
    ...preparedLines(page.prepared, look, paint),
  ].join('\n')
}

const HEADS: Readonly<Record<Take, string>> = {
  now: 'as soon as possible',
  'next-minor': 'with the next minor upgrade',
  'next-release': 'with the next release',
  'next-major': 'with the next major upgrade',
  hold: 'held back',
}

function groupLines(take: Take, updates: readonly Advised[], look: Look, paint: Paint): readonly string[] {
  if (updates.length === 0) return []
  const head = take === 'now' ? paint.bad(HEADS[take]) : paint.strong(HEADS[take])
  const rows = updates.map(update => ({
    update,
    library: printable(update.library),
    step: `${printable(update.from)} → ${printable(update.to ?? 'nothing known')}`,
    note: noteOf(update),
  }))
  const wide = (of: 'library' | 'step') => widest(rows.map(row => row[of]))
  return [
    '',
    `  ${head}`,
    ...rows.flatMap(({update, library, step, note}) => [
      `    ${padded(library, wide('library'))}  ${padded(step, wide('step'))}  ${paint.faint(note)}`.trimEnd(),
      ...weaknessLines(update, look, paint),
    ]),
    ...sharedText(updates, look, paint),
  ]
}

function noteOf(update: Advised): string {
  const words = [
    update.class === 'security' ? worst(update.advisories) : update.class,
    ...(update.development ? ['for development'] : []),
    ...(update.direct === false ? ['of another library'] : []),
  ]
  return words.join(', ')
}

function weaknessLines(update: Advised, look: Look, paint: Paint): readonly string[] {
  return [
    ...update.advisories.flatMap(({id, title}) => wrapped(printable(`${id} ${title}`), look.columns - 8)),
    ...(update.class === 'security' ? wrapped(update.text, look.columns - 8) : []),
  ].map(line => `      ${paint.warn(line)}`)
}

/** What is said of all of them alike is said once. */
function sharedText(updates: readonly Advised[], look: Look, paint: Paint): readonly string[] {
  const texts = [...new Set(updates.filter(update => update.class !== 'security').map(({text}) => text))]
  return texts.flatMap(text => wrapped(text, look.columns - 6)).map(line => `    ${paint.faint(line)}`)
}

function remarks({advisories, gaps}: OutdatedPage, look: Look, paint: Paint): readonly string[] {
  const failed = advisories.filter(({answered}) => !answered)
  const unknown = advisories.length === failed.length
  const lines = [
    ...failed.map(({source, why}) => `${source}: ${why ?? 'no answer'}`),
    ...(unknown ? ['whether any library has a known weakness is not known: nobody answered'] : []),
    ...gaps,
  ]
  if (lines.length === 0) return []
  return ['', ...lines.flatMap(line => wrapped(printable(line), look.columns - 2)).map(line => `  ${paint.warn(line)}`)]
}

const PREPARED = {
  branch: 'prepared: branch',
  pushed: 'prepared and pushed: branch',
  patches: 'prepared: patches in',
  refused: 'could not make branch',
} as const

function preparedLines(prepared: Prepared | undefined, look: Look, paint: Paint): readonly string[] {
  if (!prepared) return []
  const {commits, at} = prepared
  const lines = commits.map(({class: kind, libraries, commit, noAnswer}) => {
    if (commit !== undefined) return `${commit.slice(0, 7)} ${kind}: ${libraries.join(', ')}`
    return noAnswer
      ? `no commit for ${kind}: ${noAnswer.text}`
      : `no commit for ${kind}: the ranges of the manifest do not let it in`
  })
  const head = at ? `${PREPARED[at.is]} ${at.where}${at.why === undefined ? '' : `: ${at.why}`}` : 'nothing to prepare'
  return [
    '',
    `  ${paint.strong(printable(head))}`,
    ...lines.flatMap(line => wrapped(printable(line), look.columns - 4)).map(line => `    ${line}`),
  ]
}
