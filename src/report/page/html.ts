/** Only {@link html} and {@link raw} can make one, so nothing that was read from a file is ever taken for markup. */
const MARKUP = Symbol('markup')

/** Text that is safe to put into a page as it is. */
export interface Markup {
  readonly [MARKUP]: string
}

/** What a template takes: texts and numbers are escaped, markup is not, lists are joined, false and undefined are left out. */
export type Piece = string | number | Markup | readonly Piece[] | false | undefined

/** The one way to write markup: whatever is filled in is escaped, for text and for quoted attributes alike. */
export function html(fixed: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return raw(fixed.reduce((text, part, index) => text + written(pieces[index - 1]) + part))
}

/** Text of our own that is markup already: the style, the script and numbers in paths. */
export function raw(text: string): Markup {
  return {[MARKUP]: text}
}

/** The text of a page, for a file. */
export function textOf(markup: Markup): string {
  return markup[MARKUP]
}

/** A value for a data block; no text in it can end the block, since no `<` is left. */
export function jsonBlock(id: string, value: unknown): Markup {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c')
  return html`<script type="application/json" id="${id}">${raw(json)}</script>`
}

function written(piece: Piece): string {
  if (piece === undefined || piece === false) return ''
  if (typeof piece === 'string') return escaped(piece)
  if (typeof piece === 'number') return String(piece)
  return isMarkup(piece) ? piece[MARKUP] : piece.map(written).join('')
}

function isMarkup(piece: Markup | readonly Piece[]): piece is Markup {
  return MARKUP in piece
}

const ENTITIES: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, char => ENTITIES[char] ?? char)
}
