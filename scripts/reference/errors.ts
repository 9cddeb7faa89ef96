import {EXPLAINED} from '../../src/core/base/explained.ts'
import {EXIT_OF_FAILURE, type FailureCode} from '../../src/core/base/failure.ts'

/** docs/reference/errors.md: every code with its causes and cures, as `sluice explain` prints them. */
export function errorsPage(): string {
  const codes = Object.keys(EXIT_OF_FAILURE) as FailureCode[]
  return [
    '# Errors',
    '',
    'Every failure has a code. It stands in the last line of what a failed command prints, and under `error.code` with',
    '`--json`; `sluice explain CODE` prints what stands here.',
    '',
    '| code | exit | what happened |',
    '|---|---|---|',
    ...codes.map(code => `| [\`${code}\`](#${code}) | ${EXIT_OF_FAILURE[code]} | ${EXPLAINED[code].title} |`),
    '',
    ...codes.flatMap(section),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

function section(code: FailureCode): readonly string[] {
  const {title, causes, cures} = EXPLAINED[code]
  return [
    `## ${code}`,
    '',
    title,
    '',
    'How it comes about:',
    '',
    ...causes.map(text => `- ${text}`),
    '',
    'What to do:',
    '',
    ...cures.map(text => `- ${text}`),
    '',
  ]
}
