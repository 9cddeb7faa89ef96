import {printable} from '../../core/base/printable.ts'

/** A label between double quotes in which Mermaid finds nothing to interpret. */
export function mermaidLabel(text: string): string {
  const escaped = printable(text).replace(/[#&"'<>`\\;{}[\]()|]/g, char => `#${char.charCodeAt(0)};`)
  return `"${escaped.replaceAll('\n', '<br/>')}"`
}
