import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {keepReport} from '../../src/app/matrix-history.ts'
import {testsIn} from '../../src/app/matrix-tests.ts'
import {repositoriesOf} from '../../src/app/releases.ts'
import type {Config} from '../../src/core/config/config.ts'
import {parseConfig} from '../../src/core/config/parse.ts'
import {placeOf} from '../../src/core/matrix/cell.ts'
import {reportOf} from '../../src/core/matrix/report.ts'
import {type MatrixRig, matrixRig} from '../support/matrix-rig.ts'

let rig: MatrixRig
let config: Config
let commit: string

beforeAll(async () => {
  rig = await matrixRig('http://127.0.0.1:9/')
  const repo = await rig.repository('accounts', {main: {'README.md': 'accounts'}})
  await rig.run(repo, 'git', 'tag', 'v1.0.0')
  commit = (await rig.run(repo, 'git', 'rev-parse', 'HEAD')).trim()
  const file = join(rig.folder, 'sluice.yaml')
  const text = 'sluice: 1\nsystem: shop\nservices:\n  accounts: {repo: ./accounts}\n  plain: {releases: {1.0.0: {}}}\n'
  await writeFile(file, text)
  const parsed = parseConfig({file, text}, {runtimes: [], balancers: []})
  if (!parsed.ok) throw new Error(parsed.failure.message)
  config = parsed.value
})

afterAll(() => rig?.close())

it('finds what was tested by the commit that the tag of a release stands at', async () => {
  const tests = testsIn(config, await repositoriesOf(config))
  const outcome = async (service: string, release: string) => {
    const evidence = await tests.evidence(service, release)
    return evidence.ok ? evidence.value.outcome : evidence.failure.code
  }
  expect(await outcome('accounts', '1.0.0')).toBe('unknown')
  const cell = {
    ...placeOf('master+pinned'),
    outcome: 'passed',
    durationMs: 1,
    exitCode: 0,
    log: null,
    changed: [],
  } as const
  await keepReport(config.file, reportOf('accounts', [{...cell, commit}], [], '2026-01-01T00:00:00.000Z'))
  expect(await outcome('accounts', '1.0.0')).toBe('passed')
  expect(await outcome('accounts', '2.0.0')).toBe('unknown')
  expect(await outcome('plain', '1.0.0')).toBe('unknown')
})
