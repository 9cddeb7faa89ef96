import {printable} from '../../core/base/printable.ts'
import type {Skew, SkewedLibrary, SkewMove} from '../../core/library/skew.ts'
import {type Look, type Paint, paintOf} from '../look.ts'
import {counted} from '../text/count.ts'
import {padded, widest, wrapped} from '../text/width.ts'

/** How many libraries are shown; the JSON has them all. */
const MOST = 30
const MOST_MOVES = 3

/** How far libraries have drifted apart, for people. */
export function skewText(skew: Skew & {readonly branch: string}, unknown: readonly Unknown[], look: Look): string {
  const paint = paintOf(look)
  return `${[...headLines(skew, paint), ...libraryLines(skew, look, paint), ...moveLines(skew, look, paint), ...unknownLines(unknown, paint)].join('\n')}\n`
}

/** A service of which nothing is known. */
export interface Unknown {
  readonly service: string
  readonly why: string
}

function headLines({branch, services, libraries, versions, skewed}: Skew & {readonly branch: string}, paint: Paint) {
  const more = versions - libraries
  return [
    paint.strong(
      `${counted(services.length, 'service')} on ${branch}: ${counted(libraries, 'library', 'libraries')} in ${counted(versions, 'version')}`,
    ),
    skewed.length === 0
      ? 'every library has one version everywhere'
      : `${counted(skewed.length, 'library', 'libraries')} in more than one version, ${more} more than need be`,
  ]
}

function libraryLines({skewed}: Skew, look: Look, paint: Paint): readonly string[] {
  const shown = skewed.slice(0, MOST)
  const hidden = skewed.length - shown.length
  const names = widest(shown.map(({library}) => printable(library)))
  const versions = widest(shown.flatMap(({versions: all}) => all.map(({version}) => version)))
  const rows = shown.flatMap(library => rowsOf(library, {names, versions}, look, paint))
  return ['', ...rows, ...(hidden > 0 ? [paint.faint(`and ${hidden} more; --json has them all`)] : [])]
}

/** A line a version, the newest first, and behind it who has it. */
function rowsOf(
  {library, versions}: SkewedLibrary,
  width: {readonly names: number; readonly versions: number},
  look: Look,
  paint: Paint,
): readonly string[] {
  const indent = width.names + width.versions + 4
  return versions.flatMap(({version, services}, at) => {
    const name = padded(at === 0 ? printable(library) : '', width.names)
    const mark = (at === 0 ? paint.good : paint.warn)(padded(version, width.versions))
    const [first = '', ...more] = wrapped(printable(services.join(', ')), look.columns - indent)
    return [`${paint.name(name)}  ${mark}  ${first}`, ...more.map(line => ' '.repeat(indent) + line)]
  })
}

function moveLines({moves}: Skew, look: Look, paint: Paint): readonly string[] {
  if (moves.length === 0) return []
  const [best, ...others] = moves.slice(0, MOST_MOVES)
  const said = (move: SkewMove | undefined) => (move ? wrapped(moveText(move), look.columns - 2) : [])
  return [
    '',
    paint.strong('The move that leaves fewest versions'),
    ...said(best).map(line => `  ${line}`),
    ...others.flatMap(said).map(line => paint.faint(`  ${line}`)),
  ]
}

function moveText({kind, service, removes, adds, libraries}: SkewMove): string {
  const fewer = `${counted(removes - adds, 'version')} fewer`
  const what = counted(libraries.length, 'library', 'libraries')
  return kind === 'release'
    ? `release what is on master of ${printable(service)}: ${fewer} (${what} move)`
    : `take ${what} of ${printable(service)} to the versions that others have: ${fewer}`
}

function unknownLines(unknown: readonly Unknown[], paint: Paint): readonly string[] {
  if (unknown.length === 0) return []
  return ['', ...unknown.map(({service, why}) => paint.warn(`${printable(service)} is not counted: ${printable(why)}`))]
}
