import type {Failure, Problem} from '../core/base/failure.ts'
import {markdownCode, markdownText} from './text/markdown.ts'

/** A failure for a job summary or a pull request: what went wrong, what to change, and every problem with its place. */
export function failureMarkdown({code, message, hint, problems = []}: Failure): string {
  return [
    `## ${markdownText(message)}`,
    ...(hint === undefined ? [] : ['', markdownText(hint)]),
    ...(problems.length === 0 ? [] : ['', ...problems.map(problemLine)]),
    '',
    `${markdownCode(`sluice explain ${code}`)} says more.`,
    '',
  ].join('\n')
}

function problemLine({file, line, column, message, hint}: Problem): string {
  const right = hint === undefined ? '' : ` (${markdownText(hint)})`
  return `- ${markdownCode(`${file}:${line}:${column}`)} ${markdownText(message)}${right}`
}
