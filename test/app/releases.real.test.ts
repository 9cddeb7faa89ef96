import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {loadSystem, loadSystemIn} from '../../src/app/system.ts'
import {validate} from '../../src/app/validate.ts'
import {releaseStream, testRepository} from '../support/git.ts'
import {rigged} from '../support/rig.ts'

it('points at every repository that is not there', async () => {
  const rig = await rigged()
  await rig.write(
    'sluice.yaml',
    'sluice: 1\nsystem: shop\nservices:\n  web: { repo: ./nowhere }\n  api:\n    role: backend\n    repo: ./neither\n',
  )
  const loaded = await loadSystem({cwd: rig.folder})
  const failure = loaded.ok ? undefined : loaded.failure
  expect(failure).toMatchObject({code: 'repository-failed', message: '2 repositories cannot be read'})
  expect(failure?.problems?.map(({line, column}) => `${line}:${column}`)).toEqual(['4:16', '7:11'])
  expect(failure?.problems?.[0]?.message).toContain('web: the repository ./nowhere cannot be read')
})

it('leaves it to validate to tell of each of many bad manifests', async () => {
  const rig = await rigged()
  mkdirSync(join(rig.folder, 'web'))
  const bad = Array.from({length: 30}, (_, each) => ({
    tag: `v0.${each}.0`,
    files: {'sluice.service.yaml': 'service: other\n'},
  }))
  testRepository(join(rig.folder, 'web')).fastImport(releaseStream([...bad, {tag: 'v1.0.0', files: {}}]))
  await rig.write('sluice.yaml', 'sluice: 1\nsystem: shop\nservices: { web: { repo: ./web } }\n')
  const told = async (command: string) => (await rig.sluice(command)).stderr.match(/this is the manifest/g)?.length
  expect([await told('validate'), await told('graph')]).toEqual([30, 20])
  expect((await rig.sluice('graph')).stderr).toContain('and 10 warnings more: sluice validate shows them all')
})

it('warns of releases that an environment asks for and no tag has', async () => {
  const rig = await rigged()
  mkdirSync(join(rig.folder, 'web'))
  testRepository(join(rig.folder, 'web')).fastImport(releaseStream([{tag: 'v1.0.0', files: {}}]))
  await rig.write(
    'sluice.yaml',
    'sluice: 1\nsystem: shop\nservices: { web: { repo: ./web } }\nenvironments:\n  prod: { current: { web: 1.0.0 }, target: { web: ^2 } }\n',
  )
  const found = await validate({cwd: rig.folder})
  expect(found.ok && found.value.warnings.map(({line, column, message}) => `${line}:${column} ${message}`)).toEqual([
    '5:51 web has no release ^2',
  ])
})

it('points at the repository of an environment where that overrides it', async () => {
  const rig = await rigged()
  await rig.write(
    'sluice.yaml',
    'sluice: 1\nsystem: shop\nservices: { web: { repo: ./here } }\nenvironments:\n  prod: { services: { web: { repo: ./nowhere } } }\n',
  )
  const loaded = await loadSystemIn({cwd: rig.folder}, 'prod')
  const problems = loaded.ok ? [] : (loaded.failure.problems ?? [])
  expect(problems.map(({line, column}) => `${line}:${column}`)).toEqual(['5:36'])
  expect(problems[0]?.message).toContain('web: the repository ./nowhere cannot be read')
})
