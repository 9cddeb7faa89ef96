import {printable} from '../core/base/printable.ts'
import type {Finding} from '../ports/finding.ts'
import {type Look, paintOf} from './look.ts'

const SIGNS = {good: '✔', note: '·', bad: '✖'} as const

/** What was looked at, by what it belongs to, each with the next thing to do. */
export function doctorText(findings: readonly Finding[], look: Look): string {
  const paint = paintOf(look)
  const paints = {good: paint.good, note: paint.faint, bad: paint.bad}
  const lines = [...new Set(findings.map(({area}) => area))].flatMap(area => {
    const own = findings.filter(finding => finding.area === area)
    const width = Math.min(30, Math.max(...own.map(({what}) => what.length)))
    return [
      paint.strong(printable(area)),
      ...own.flatMap(({level, what, text, todo}) => [
        `  ${paints[level](SIGNS[level])} ${printable(what).padEnd(width)}  ${indented(text)}`,
        ...(todo === undefined ? [] : [`      → ${indented(todo)}`]),
      ]),
    ]
  })
  const bad = findings.filter(({level}) => level === 'bad').length
  const end = bad === 0 ? paint.good('all that is needed is there') : paint.bad(`${bad} to be put right`)
  return `${[...lines, '', end].join('\n')}\n`
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map(line => printable(line))
    .join('\n      ')
}
