import {printable} from '../../core/base/printable.ts'

/** Text in which nothing is markup, a mention or a cell border, for Markdown as GitHub reads it. */
export function markdownText(text: string): string {
  return printable(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*_{}[\]#+!|~]/g, char => `\\${char}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@<!-- -->')
}

/** Text as code, in a cell of a table: a border inside would end the cell even there. */
export function markdownCode(text: string): string {
  const fence = text.includes('`') ? '``' : '`'
  const inner = printable(text).replaceAll('\n', ' ').replaceAll('|', '\\|')
  return fence === '``' ? `${fence} ${inner} ${fence}` : fence + inner + fence
}

/** Text as it is, in a block that nothing in it can end. */
export function fencedText(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text.trimEnd()}\n${fence}`
}
