import stringWidth from 'fast-string-width'
import {wrapAnsi} from 'fast-wrap-ansi'

/** Columns a text takes in a terminal, whatever it is written in and coloured with. */
export function widthOf(text: string): number {
  return stringWidth(text)
}

/** The text, and blanks up to a width. Longer text stays as it is: nothing is ever cut off. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** The width of the widest. */
export function widest(texts: Iterable<string>): number {
  let most = 0
  for (const text of texts) most = Math.max(most, widthOf(text))
  return most
}

/** Lines of at most so many columns, broken between words where that is possible. */
export function wrapped(text: string, columns: number): readonly string[] {
  return wrapAnsi(text, Math.max(columns, 10), {hard: true, trim: true}).split('\n')
}
