import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {releaseStream, testRepository} from '../support/git.ts'
import {type Rig, rigged} from '../support/rig.ts'

const spec = (...paths: readonly string[]) =>
  stringify(
    {openapi: '3.1.0', paths: Object.fromEntries(paths.map(path => [path, {get: {responses: {200: {}}}}]))},
    {aliasDuplicateObjects: false},
  )

/** A system with one server, whose releases have these descriptions and provide these versions. */
async function system(
  releases: readonly {readonly provides: string; readonly paths?: readonly string[]}[],
  calls = '',
): Promise<Rig> {
  const rig = await rigged()
  mkdirSync(join(rig.folder, 'accounts'))
  testRepository(join(rig.folder, 'accounts')).fastImport(
    releaseStream(
      releases.map(({provides, paths}, index) => ({
        tag: `v1.${index}.0`,
        files: {
          'sluice.service.yaml': `service: accounts\nprovides: { accounts-api: ${provides} }\n`,
          ...(paths && {'api/openapi.yaml': spec(...paths)}),
        },
      })),
    ),
  )
  await rig.write(
    'sluice.yaml',
    `sluice: 1\nsystem: shop\ncontracts: { accounts-api: { spec: api/openapi.yaml${calls} } }\nservices: { accounts: { repo: accounts } }\n`,
  )
  return rig
}

describe('sluice contract check', () => {
  it('is content with a version that says what changed', async () => {
    const rig = await system([
      {provides: '1.0.0', paths: ['/a']},
      {provides: '1.1.0', paths: ['/a', '/b']},
    ])
    const ran = await rig.sluice('contract', 'check')
    expect([ran.code, ran.stderr]).toEqual([0, ''])
    expect(ran.stdout).toBe('accounts-api, accounts 1.0.0 → 1.1.0\n  honest 1.0.0 → 1.1.0\n  + GET /b  is new\n')
  })

  it('ends with 3 where callers break within a major version, or something is new in silence', async () => {
    const rig = await system([
      {provides: '1.0.0', paths: ['/a']},
      {provides: '1.0.0', paths: ['/a', '/b']},
      {provides: '1.1.0', paths: ['/b']},
    ])
    const newest = await rig.sluice('contract', 'check')
    expect([newest.code, newest.stdout]).toEqual([
      3,
      expect.stringContaining('not honest 1.0.0 → 1.1.0: callers break'),
    ])
    expect(newest.stdout).not.toContain('1.0.0 → 1.1.0\n  not honest 1.0.0:')
    const all = await rig.sluice('contract', 'check', 'accounts-api', '--all', '--json')
    const {pairs} = JSON.parse(all.stdout) as {pairs: {majors: {honest: boolean; least: string}[]}[]}
    expect([all.code, pairs.map(({majors}) => majors.map(({least, honest}) => [least, honest]))]).toEqual([
      3,
      [[['minor', false]], [['major', false]]],
    ])
  })

  it('looks at each major by itself, by what its calls look like', async () => {
    const rig = await system(
      [
        {provides: '[1.0.0, 2.0.0]', paths: ['/api/v1/a', '/api/v2/a']},
        {provides: '[1.0.0, 2.1.0]', paths: ['/api/v1/a', '/api/v2/a', '/api/v2/b']},
      ],
      ', calls: { path: "/api/v{major}/" }',
    )
    const ran = await rig.sluice('contract', 'check')
    expect([ran.code, ran.stdout]).toEqual([
      0,
      expect.stringContaining('honest 1.0.0\n  honest 2.0.0 → 2.1.0\n  + GET /api/v2/b'),
    ])
  })

  it('says what could not be compared', async () => {
    const without = await system([{provides: '1.0.0'}, {provides: '1.1.0', paths: ['/a']}])
    expect((await without.sluice('contract', 'check')).stdout).toContain(
      'not compared: accounts 1.0.0 has no api/openapi.yaml',
    )
    const mixed = await system([
      {provides: '[1.0.0, 2.0.0]', paths: ['/a']},
      {provides: '[1.0.0, 2.0.0]', paths: ['/b']},
    ])
    expect((await mixed.sluice('contract', 'check')).stdout).toContain('say under calls which path belongs to which')
    const unknown = await mixed.sluice('contract', 'check', 'acounts-api')
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean "accounts-api"?')])
  })
})

describe('sluice contract diff', () => {
  it('compares files', async () => {
    const rig = await rigged()
    await rig.write('old.yaml', spec('/a'))
    await rig.write('new.json', JSON.stringify({openapi: '3.0.3', paths: {}}))
    const ran = await rig.sluice('contract', 'diff', 'old.yaml', 'new.json')
    expect([ran.code, ran.stdout]).toEqual([0, '  ✖ GET /a  is gone\n\nat least a new major version\n'])
    const json = await rig.sluice('contract', 'diff', 'old.yaml', 'old.yaml', '--json')
    expect(JSON.parse(json.stdout)).toEqual({least: 'none', changes: []})
    expect((await rig.sluice('contract', 'diff', 'old.yaml', 'none.yaml')).code).toBe(2)
  })
})
