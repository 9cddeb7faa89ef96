import {EXIT_OF_FAILURE, type FailureCode} from '../../src/core/base/failure.ts'

const MEANING: Readonly<Record<number, string>> = {
  0: 'Done, or nothing to do.',
  1: 'Failed: a rollout that was taken back, a red cell, a driver or a repository that did not answer, or a bug of ours.',
  2: 'The call or a file is wrong. With `plan --detailed-exitcode`: there are steps.',
  3: 'There is no safe plan, or `check` says no.',
  4: 'A gate, an approval or a person is awaited; `sluice rollout resume` goes on.',
  5: 'Somebody else holds the environment.',
  6: 'Halted, or the plan no longer fits: a person must look.',
}

/** docs/reference/exit-codes.md: what a script may rely on. */
export function exitCodesPage(): string {
  const codes = Object.keys(EXIT_OF_FAILURE) as FailureCode[]
  const rows = Object.entries(MEANING).map(([exit, meaning]) => {
    const named = codes.filter(code => String(EXIT_OF_FAILURE[code]) === exit).map(code => `\`${code}\``)
    return `| ${exit} | ${meaning} | ${named.join(', ')} |`
  })
  return [
    '# Exit codes',
    '',
    'The same for every command. With `--json` a failure is `{ "error": { "code", "message", "hint", "problems" } }` on standard',
    'output, with one of the codes below.',
    '',
    '| exit | meaning | `error.code` |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
