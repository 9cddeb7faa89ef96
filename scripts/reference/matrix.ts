import {DIAGNOSES} from '../../src/core/matrix/diagnosis-table.ts'
import {NO_ANSWER} from '../../src/core/matrix/no-answer.ts'

const INTRO = `# The matrix

Every service is tested as {what is in production, master} x {pinned dependencies, latest dependencies}. The four answers
together say what no single build does: whether an update may be taken today, must wait for the next release, or is broken by
one library.

\`\`\`yaml
services:
  accounts:
    repo: ../accounts
    matrix: { prod: production, master: main, test: "npm test" }
\`\`\`

\`\`\`sh
sluice matrix run                       # all services that have a repository
sluice matrix run accounts --cell master+latest
sluice matrix plan --format github      # a matrix for GitHub Actions: one runner a cell
sluice matrix show --merge              # brings what the runners found together
\`\`\`

- **pinned** is exactly the lock file; **latest** is the newest that the manifest's ranges allow (\`--latest absolute\`: newest at all).
- Each cell runs in a checkout of its own, made from a cached clone; your own checkout is never touched. Its environment is clean.
- The package manager is known by the lock file: npm, pnpm and yarn are tried against real registries in our tests; pip, uv, poetry,
  bundler, go, cargo, maven and gradle by their command lines only. Anything else: \`matrix: { pinned, latest, test }\`.
- Cells that resolve to the same libraries run once. Answers are remembered by commit, libraries and command; \`--no-cache\` asks anew.
- A red cell that decides is run twice; one that is green the second time is reported as flaky.
- Where a latest cell is red and its pinned twin green, the smallest sets of updates that break it are searched for.

## The sixteen answers

The letters stand for prod+pinned, prod+latest, master+pinned, master+latest; P is passed, F is failed.
`

/** docs/matrix.md, with the tables that the program itself decides by. */
export function matrixPage(): string {
  const rows = Object.entries(DIAGNOSES).map(
    ([pattern, {code, text, action}]) => `| ${pattern} | \`${code}\` | ${text} | ${action} |`,
  )
  const reasons = Object.entries(NO_ANSWER).map(([code, hint]) => `| \`${code}\` | ${hint} |`)
  return [
    INTRO,
    '| cells | code | what it says | what to do |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## No answer',
    '',
    'A cell that could not be tested is an `error`, or `skipped`, and never counts as red.',
    '',
    '| why | what to do |',
    '|---|---|',
    ...reasons,
    '',
  ].join('\n')
}
