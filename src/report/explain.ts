import {EXPLAINED} from '../core/base/explained.ts'
import {EXIT_OF_FAILURE, type FailureCode} from '../core/base/failure.ts'
import {paintOf, type Look} from './look.ts'
import {wrapped} from './text/width.ts'

/** The document of `explain --json`. */
export interface ExplanationDocument {
  readonly code: FailureCode
  /** How a command that meets it ends. */
  readonly exit: number
  readonly title: string
  readonly causes: readonly string[]
  readonly cures: readonly string[]
}

export function explanationDocument(code: FailureCode): ExplanationDocument {
  return {code, exit: EXIT_OF_FAILURE[code], ...EXPLAINED[code]}
}

/** A code with its causes and cures, for a terminal. */
export function explanationText({code, exit, title, causes, cures}: ExplanationDocument, look: Look): string {
  const paint = paintOf(look)
  const list = (texts: readonly string[]) =>
    texts.flatMap(text => wrapped(text, look.columns - 4).map((line, at) => `  ${at === 0 ? '·' : ' '} ${line}`))
  return [
    `${paint.strong(code)}  ${paint.faint(`exit code ${exit}`)}`,
    ...wrapped(title, look.columns),
    '',
    paint.strong('how it comes about'),
    ...list(causes),
    '',
    paint.strong('what to do'),
    ...list(cures),
    '',
  ].join('\n')
}

/** Every code in a line. */
export function codesText(documents: readonly ExplanationDocument[], look: Look): string {
  const width = Math.max(...documents.map(({code}) => code.length))
  const paint = paintOf(look)
  const lines = documents.flatMap(({code, title}) =>
    wrapped(title, look.columns - width - 2).map(
      (line, at) => `${at === 0 ? paint.strong(code.padEnd(width)) : ' '.repeat(width)}  ${line}`,
    ),
  )
  return `${lines.join('\n')}\n`
}
