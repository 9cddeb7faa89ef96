import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {EXIT_OF_FAILURE, type FailureCode} from '../../src/core/base/failure.ts'
import {sluice} from '../support/sluice.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-answers-'))
afterAll(() => rmSync(folder, {recursive: true}))

/** A file that the test needs, and its path. */
function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const SHOP = ['--config', 'test/fixtures/shop/sluice.yaml']
const EMPTY = ['--config', written('empty.yaml', 'sluice: 1\nsystem: empty\nservices: { a: { role: backend } }\n')]
const BROKEN = written(
  'broken.yaml',
  'sluice: 1\nsystem: shop\nservcies: {}\nservices: { a: { role: critcal, releases: { 1.0: {} } } }\n',
)
const TWO = [
  '--config',
  written(
    'two.yaml',
    'sluice: 1\nsystem: two\nservices: { a: { role: backend } }\nenvironments: { one: {}, two: {} }\n',
  ),
]

describe('an answer', () => {
  it.each<[string, string[], number]>([
    ['a file that is right', ['validate', ...SHOP], 0],
    ['the graph', ['graph', ...SHOP], 0],
    ['a plan', ['plan', ...SHOP], 0],
    ['a plan with steps, in detail', ['plan', '--detailed-exitcode', ...SHOP], 2],
    [
      'a plan without steps, in detail',
      ['plan', '--detailed-exitcode', ...target('accounts=1.4.0', 'billing=1.0.0', 'worker=1.0.0')],
      0,
    ],
    ['no safe plan', ['plan', ...target('accounts=3.0.0', 'billing=1.0.0')], 3],
    ['a release that may go in', ['check', 'accounts@2.0.0', ...SHOP], 0],
    ['a release that may not', ['check', 'billing@3.0.0', ...SHOP], 3],
    ['no rollout yet', ['rollout', 'list', ...SHOP], 0],
  ])('%s ends as it should, as text and as one document', async (_, argv, exit) => {
    const text = await sluice(...argv)
    expect([text.exit, text.stderr]).toEqual([exit, ''])
    expect(text.stdout).not.toBe('')
    const json = await sluice(...argv, '--json')
    expect([json.exit, json.stderr]).toEqual([exit, ''])
    expect(JSON.parse(json.stdout)).toBeTypeOf('object')
  })
})

it('a plan is made of the releases and the order that its environment has', async () => {
  const file = written(
    'own.yaml',
    `sluice: 1
system: own
services: { a: { releases: { 1.0.0: {} } }, b: { after: [a], releases: { 1.0.0: {}, 2.0.0: {} } } }
environments:
  plain: { current: { a: 1.0.0, b: 1.0.0 }, target: { a: latest, b: latest } }
  own:
    current: { a: 1.0.0, b: 1.0.0 }
    target: { a: latest, b: latest }
    services: { a: { releases: { 1.1.0: {} } }, b: { after: [] } }
`,
  )
  const steps = async (env: string) => {
    const {stdout} = await sluice('plan', '--config', file, '--env', env, '--json')
    const plan = JSON.parse(stdout) as {steps: {id: string; wave: number; to: {release: string}}[]}
    return plan.steps.map(({id, wave, to}) => `${wave} ${id} ${to.release}`)
  }
  expect(await steps('plain')).toEqual(['1 b-1 2.0.0'])
  expect(await steps('own')).toEqual(['1 a-1 1.1.0', '1 b-1 2.0.0'])
  expect((await sluice('graph', '--config', file)).stdout).not.toContain('1.1.0')
  expect((await sluice('graph', '--config', file, '--env', 'own')).stdout).toContain('1.1.0')
  expect((await sluice('check', 'a@1.1.0', '--config', file, '--env', 'plain')).exit).toBe(2)
  expect((await sluice('check', 'a@1.1.0', '--config', file, '--env', 'own')).exit).toBe(0)
})

it('what has to go first is a safe order: stops of the service itself are in it', async () => {
  const file = written(
    'bridge.yaml',
    `sluice: 1
system: bridge
services:
  a: { releases: { 1.0.0: { provides: { c: 1.0.0 } }, 2.0.0: { provides: { c: [1.0.0, 2.0.0] } }, 3.0.0: { provides: { c: 2.0.0 } } } }
  b: { releases: { 1.0.0: { consumes: { c: ^1 } }, 2.0.0: { consumes: { c: ^2 } } } }
environments: { one: { current: { a: 1.0.0, b: 1.0.0 } } }
`,
  )
  const {stdout} = await sluice('check', 'a@3.0.0', '--config', file, '--json')
  const {first} = JSON.parse(stdout) as {first: {id: string}[]}
  expect(first.map(({id}) => id)).toEqual(['a-1', 'b-1'])
})

describe('a failure', () => {
  it.each<[FailureCode, string, string[], string]>([
    ['config-missing', 'a file that is not there', ['plan', '--config', join(folder, 'nowhere.yaml')], 'there is no '],
    ['config-invalid', 'a file with problems', ['plan', '--config', BROKEN], 'has 3 problems'],
    ['config-invalid', 'no environment at all', ['plan', ...EMPTY], 'no environments'],
    ['usage', 'one environment of two, unnamed', ['plan', ...TWO], 'which environment?'],
    [
      'not-found',
      'an unknown environment',
      ['plan', '--env', 'prodction', ...SHOP],
      'there is no environment "prodction"',
    ],
    ['usage', 'an unknown service in a flag', ['plan', '--to', 'acounts=2.0.0', ...SHOP], '--to acounts'],
    [
      'usage',
      'a flag that names no version',
      ['plan', '--to', 'accounts', ...SHOP],
      '--to accounts: write SERVICE=VERSION',
    ],
    [
      'usage',
      'a duration that is none',
      ['plan', '--time-limit', 'soon', ...SHOP],
      '--time-limit soon: write a duration',
    ],
    ['usage', 'a format that there is not', ['plan', '--format', 'svg', ...SHOP], '--format=svg'],
    [
      'usage',
      'a network that is none',
      ['view', '--user-header', 'X-User', '--trust', 'proxy', ...SHOP],
      '--trust proxy: write an address, or a network such as 10.0.0.0/8',
    ],
    ['usage', 'no release to check', ['check', ...SHOP], 'missing argument RELEASE'],
    ['usage', 'what names no release', ['check', 'accounts', ...SHOP], 'names no release'],
    ['not-found', 'an unknown service to check', ['check', 'acounts@2.0.0', ...SHOP], 'there is no service "acounts"'],
    ['not-found', 'an unknown release to check', ['check', 'accounts@9.0.0', ...SHOP], 'accounts has no release 9.0.0'],
    ['plan-invalid', 'a plan file that is none', ['apply', BROKEN, ...SHOP], 'is no plan'],
    ['plan-invalid', 'a plan file that is not there', ['apply', join(folder, 'none.json'), ...SHOP], 'cannot be read'],
    ['not-found', 'an unknown rollout', ['rollout', 'show', 'r-1', ...SHOP], 'r-1'],
    ['usage', 'nobody to ask', ['apply', ...SHOP], 'nobody is there to be asked'],
  ])('%s: %s', async (code, _, argv, message) => {
    const exit = EXIT_OF_FAILURE[code]
    const text = await sluice(...argv)
    expect([text.exit, text.stderr]).toEqual([exit, expect.stringContaining(message)])
    const json = await sluice(...argv, '--json')
    expect([json.exit, JSON.parse(json.stdout)]).toEqual([
      exit,
      {error: expect.objectContaining({code, message: expect.stringContaining(message)}) as unknown},
    ])
  })

  it('points at every problem of a file at once, each with what would be right', async () => {
    const {stderr} = await sluice('plan', '--config', BROKEN)
    expect(stderr.replaceAll(folder, '')).toMatchInlineSnapshot(`
      "/broken.yaml:3:1: unknown key "servcies"
        → did you mean "services"?
      /broken.yaml:4:24: "critcal" is not a role
        → did you mean "critical"?
      /broken.yaml:4:45: "1.0" is not a version
        → write a full version like "1.0.0"
      error: /broken.yaml has 3 problems
        ? sluice explain config-invalid
      "
    `)
    const {error} = JSON.parse((await sluice('plan', '--config', BROKEN, '--json')).stdout) as {
      error: {problems: unknown[]}
    }
    expect(error.problems).toHaveLength(3)
    expect(error.problems[0]).toEqual({
      file: BROKEN,
      line: 3,
      column: 1,
      message: expect.stringContaining('servcies') as unknown,
      hint: 'did you mean "services"?',
    })
  })
})

function target(...wanted: readonly string[]): string[] {
  return [...wanted.flatMap(one => ['--to', one]), '--to', 'worker=1.0.0', ...SHOP]
}
