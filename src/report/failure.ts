import type {Failure, FailureCode, Problem} from '../core/base/failure.ts'
import {printable} from '../core/base/printable.ts'
import {paintOf, type Look} from './look.ts'

/** The document that a failed command writes with `--json`; SPEC section 6. */
export function failureDocument(failure: Failure): {readonly error: Failure} {
  return {error: failure}
}

/** A failure in a person's words: every problem at its place, then what went wrong, then what to change. */
export function failureText(failure: Failure, look: Look): string {
  const paint = paintOf(look)
  const lines = (failure.problems ?? []).map(problem => problemText(problem, look))
  lines.push(`${paint.bad('error:')} ${printable(failure.message)}`)
  if (failure.hint !== undefined) lines.push(hintText(failure.hint, look))
  lines.push(explainText(failure.code, look))
  return `${lines.join('\n')}\n`
}

/** Where to read more: the last line of every failure, so that its code can be found. */
export function explainText(code: FailureCode, look: Look): string {
  return `  ${paintOf(look).faint(`? sluice explain ${code}`)}`
}

/** A problem that stops nothing. */
export function warningText(problem: Problem, look: Look): string {
  return problemText(problem, look, `${paintOf(look).warn('warning:')} `)
}

/** `file:line:column: message`, as editors and problem matchers read it, and what would be right below it. */
function problemText(problem: Problem, look: Look, kind = ''): string {
  const place = paintOf(look).strong(`${printable(problem.file)}:${problem.line}:${problem.column}:`)
  const said = `${place} ${kind}${printable(problem.message)}`
  return problem.hint === undefined ? said : `${said}\n${hintText(problem.hint, look)}`
}

function hintText(hint: string, look: Look): string {
  return `  ${paintOf(look).faint('→')} ${printable(hint)}`
}
