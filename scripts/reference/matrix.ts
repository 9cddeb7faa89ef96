import {ECOSYSTEMS} from '../../src/adapters/matrix/ecosystems/index.ts'
import type {Line, RepoFiles} from '../../src/adapters/matrix/ecosystem.ts'
import {DIAGNOSES, PATTERNS} from '../../src/core/matrix/diagnosis-table.ts'
import {NO_ANSWER} from '../../src/core/matrix/no-answer.ts'

/** docs/reference/matrix.md: every diagnosis, every way to have no answer, every command line. */
export function matrixPage(): string {
  return [
    '<!-- Made from the source by `npm run docs`; change it there. -->',
    '# The matrix: what its answers mean',
    '',
    '## Diagnoses',
    '',
    'P passed, F failed. A red baseline, prod+pinned, comes before everything else.',
    '',
    '| prod+pinned | prod+latest | master+pinned | master+latest | code | meaning | action |',
    '|---|---|---|---|---|---|---|',
    ...PATTERNS.map(pattern => {
      const {code, text, action} = DIAGNOSES[pattern]
      return `| ${pattern.split('').join(' | ')} | \`${code}\` | ${text} | ${action} |`
    }),
    '',
    'Where a cell has no answer nothing is guessed: `baseline-red`, `baseline-unknown`, `incomplete` and `not-run` say what the',
    'other cells tell, and which are missing.',
    '',
    '## No answer',
    '',
    'These never count as red.',
    '',
    '| code | what to do |',
    '|---|---|',
    ...Object.entries(NO_ANSWER).map(([code, hint]) => `| \`${code}\` | ${hint} |`),
    '',
    '## Package managers',
    '',
    'What is run, line by line. `a` stands for the names of libraries.',
    ...ECOSYSTEMS.flatMap(ecosystem => [
      '',
      `### ${ecosystem.name}`,
      '',
      '```',
      ...told('pinned', ecosystem.install(EMPTY, true)),
      ...told('latest, in range', ecosystem.relock(EMPTY, 'in-range', {all: true})),
      ...told('latest, absolute', ecosystem.relock(EMPTY, 'absolute', {all: true})),
      ...told('only a', ecosystem.relock(EMPTY, 'in-range', {only: ['a']})),
      ...told('test', [{command: ecosystem.test(EMPTY) ?? [], does: 'build'}]),
      '```',
    ]),
    '',
  ].join('\n')
}

const EXAMPLE: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({dependencies: {a: '^1.0.0'}, scripts: {test: 'test'}}),
  'package-lock.json': '{"lockfileVersion": 1}',
  'requirements.in': 'a',
}

const EMPTY: RepoFiles = {has: path => path in EXAMPLE, text: path => EXAMPLE[path]}

function told(what: string, lines: readonly Line[] | undefined): string[] {
  if (!lines) return [`${what.padEnd(17)} (no such thing: name a command)`]
  return lines.map(({command, env = {}, edit}, at) => {
    const set = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    const first = edit ? [`(${edit.says})`] : []
    return `${(at === 0 ? what : '').padEnd(17)} ${[...set, ...command, ...first].join(' ')}`
  })
}
