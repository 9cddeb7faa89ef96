import {printable} from '../core/base/printable.ts'

/** A document for standard output: readable, and safe to look at in a terminal. Ends with a line feed. */
export function jsonText(document: unknown): string {
  return `${printable(JSON.stringify(document, null, 2))}\n`
}
