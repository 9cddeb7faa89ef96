import type {Line} from './recording.ts'

const ROWS = 30
const LINE_HEIGHT = 18
const CHARACTER = 7.8
const PADDING = 16
/** Nobody waits longer for a line than this, however long it took. */
const LONGEST_PAUSE_MS = 700
/** How long the last picture stands before it begins again. */
const REST_MS = 6000

/** What codes of a terminal look like on a dark ground. */
const STYLES: Readonly<Record<string, string>> = {1: 'b', 2: 'd', 31: 'r', 32: 'g', 33: 'y', 36: 'c'}

const CSS =
  'text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d6dbe3;white-space:pre}' +
  '.b{font-weight:700;fill:#fff}.d{fill:#8a94a6}.r{fill:#ff7b72}.g{fill:#7ee787}.y{fill:#f2cc60}.c{fill:#79c0ff}'

/** A recording as a picture that moves: each line appears when it came, and the screen scrolls as a terminal does. */
export function animated(lines: readonly Line[], columns: number): string {
  const times = timesOf(lines)
  const total = (times.at(-1) ?? 0) + REST_MS
  const height = ROWS * LINE_HEIGHT + 2 * PADDING
  const width = Math.round(columns * CHARACTER + 2 * PADDING)
  const at = (index: number) => ((100 * (times[index] ?? 0)) / total).toFixed(3)
  const scrolls = lines.flatMap((_, index) =>
    index < ROWS ? [] : [`${at(index)}%{transform:translateY(${scrolled(index)}px)}`],
  )
  const appears = lines.map(
    (_, index) => `@keyframes l${index}{0%{opacity:0}${at(index)}%{opacity:0}${at(index)}1%{opacity:1}to{opacity:1}}`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>sluice demo in a terminal</title>',
    `<style>${CSS}.s{animation:scroll ${total}ms infinite step-end}@keyframes scroll{0%{transform:none}${scrolls.join('')}}${appears.join('')}`,
    `@media (prefers-reduced-motion:reduce){.s,.s text{animation:none!important}.s{transform:translateY(${scrolled(lines.length - 1)}px)}}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<svg x="${PADDING}" y="${PADDING}" width="${width - 2 * PADDING}" height="${ROWS * LINE_HEIGHT}"><g class="s">`,
    ...lines.map(
      ({text}, index) =>
        `<text y="${index * LINE_HEIGHT + 13}" style="animation:l${index} ${total}ms infinite">${spans(text)}</text>`,
    ),
    '</g></svg></svg>',
    '',
  ].join('\n')
}

/** How far the screen has moved up when this line is its last. */
function scrolled(index: number): number {
  return -Math.max(0, index - ROWS + 1) * LINE_HEIGHT
}

function timesOf(lines: readonly Line[]): readonly number[] {
  let now = 0
  let last = lines[0]?.atMs ?? 0
  return lines.map(({atMs}) => {
    now += Math.min(atMs - last, LONGEST_PAUSE_MS)
    last = atMs
    return Math.round(now)
  })
}

/** Pieces of one style each. */
function spans(text: string): string {
  let style = ''
  return (
    text
      // oxlint-disable-next-line no-control-regex -- colours are control sequences
      .split(/\u001b\[(\d*)m/)
      .map((part, index) => {
        if (index % 2 === 1) {
          style = STYLES[part] ?? ''
          return ''
        }
        if (part === '') return ''
        return style === '' ? escaped(part) : `<tspan class="${style}">${escaped(part)}</tspan>`
      })
      .join('')
  )
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
