import {readdirSync} from 'node:fs'
import {cp, mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {Plan} from '../../src/core/plan/plan.ts'
import {releaseStream, testRepository} from '../support/git.ts'
import {openRig, type Rig, rigged} from '../support/rig.ts'
import {commentsApi, pullRequest, ranAction} from '../support/runner.ts'
import {shop} from '../support/shop.ts'

async function withShop(): Promise<Rig> {
  const rig = await rigged()
  await cp('test/fixtures/shop/sluice.yaml', join(rig.folder, 'sluice.yaml'))
  return rig
}

describe('plan, in the Action', () => {
  it('keeps the plan, tells the workflow, and writes one comment however often it runs', async () => {
    const rig = await withShop()
    const api = await commentsApi()
    const asked = {with: {page: 'plan.html'}, env: {GITHUB_API_URL: api.url}, event: pullRequest()}
    const ran = await ranAction(rig, asked)
    expect([ran.code, ran.outputs]).toEqual([
      0,
      {
        'exit-code': '0',
        state: 'planned',
        'has-steps': 'true',
        steps: expect.stringMatching(/^\d+$/) as unknown,
        waves: expect.stringMatching(/^\d+$/) as unknown,
        'plan-file': 'sluice-plan.json',
        'page-file': 'plan.html',
      },
    ])
    const kept = JSON.parse(await readFile(join(rig.folder, 'sluice-plan.json'), 'utf8')) as Plan
    expect(ran.outputs['steps']).toBe(String(kept.steps.length))
    expect(await readFile(join(rig.folder, 'plan.html'), 'utf8')).toContain('<!doctype html>')
    expect(ran.summary).toContain('| wave | step |')
    expect(ran.summary).toContain('```mermaid')
    expect((await ranAction(rig, asked)).code).toBe(0)
    expect(api.calls.map(({call}) => call)).toEqual([
      'GET /repos/acme/shop/issues/7/comments',
      'POST /repos/acme/shop/issues/7/comments',
      'GET /repos/acme/shop/issues/7/comments',
      'PATCH /repos/acme/shop/issues/comments/1',
    ])
    expect(api.bodies.get(1)).toMatch(/^<!-- sluice: plan -->\n## Plan for shop/)
  })

  it('is red where there is no safe plan, and says what clashes', async () => {
    const rig = await withShop()
    const ran = await ranAction(rig, {with: {to: 'accounts=3.0.0\nbilling=1.0.0'}})
    expect([ran.code, ran.outputs]).toEqual([
      1,
      expect.objectContaining({'exit-code': '3', state: 'no-plan', 'has-steps': 'false'}),
    ])
    expect(ran.log).toMatch(/^::error title=sluice says no::no safe plan$/m)
    expect(ran.summary).toContain('**What clashes**')
  })

  it('puts every problem on its line', async () => {
    const rig = await rigged()
    await rig.write('deploy/sluice.yaml', 'sluice: 1\nsystem: shop\nservcies: {}\nservices: { a: { role: critcal } }\n')
    const ran = await ranAction(rig, {with: {config: 'deploy'}})
    expect([ran.code, ran.outputs]).toEqual([1, {'exit-code': '2', state: 'failed'}])
    expect(ran.log).toMatch(
      /^::error title=sluice,file=deploy\/sluice\.yaml,line=3,col=1::unknown key "servcies"%0Adid you mean/m,
    )
    expect(ran.log).toMatch(/^::error title=sluice,file=deploy\/sluice\.yaml,line=4,/m)
  })

  it('puts the problem of a manifest on the manifest', async () => {
    const rig = await rigged()
    await mkdir(join(rig.folder, 'accounts'))
    const manifest = 'service: accounts\nprovides: { accounts-api: one }\n'
    testRepository(join(rig.folder, 'accounts')).fastImport(
      releaseStream([{tag: 'v1.0.0', files: {'sluice.service.yaml': manifest}}]),
    )
    await rig.write(
      'sluice.yaml',
      'sluice: 1\nsystem: shop\nservices: { accounts: { repo: accounts } }\nenvironments: { p: {} }\n',
    )
    const ran = await ranAction(rig, {with: {}})
    expect(ran.log).toMatch(/^::warning title=sluice,file=accounts\/sluice\.service\.yaml,line=2,/m)
  })

  it('says all that is wrong with the inputs', async () => {
    const ran = await ranAction(await withShop(), {with: {command: 'paln', wait: 'perhaps'}})
    expect([ran.code, ran.outputs]).toEqual([1, {'exit-code': '2', state: 'failed'}])
    expect(ran.log).toContain('"paln" is none of plan, check')
    expect(ran.log).toContain('wait: "perhaps" is neither true nor false')
  })
})

describe('check, in the Action', () => {
  it('is green where releases may go in, and red where one may not', async () => {
    const rig = await withShop()
    const may = await ranAction(rig, {with: {command: 'check', releases: 'accounts@2.0.0'}})
    expect([may.code, may.outputs]).toEqual([0, {'exit-code': '0', state: 'admitted'}])
    const mayNot = await ranAction(rig, {with: {command: 'check', releases: 'accounts@2.0.0\nbilling@3.0.0'}})
    expect([mayNot.code, mayNot.outputs]).toEqual([1, {'exit-code': '3', state: 'not-admitted'}])
    expect(mayNot.summary).toContain('❌ `billing@3.0.0` may not go')
  })
})

/** Loaded before anything else: writes down every program that Node starts, however it is asked to. */
const WITNESS = `
import {appendFileSync} from 'node:fs'
import {createRequire, syncBuiltinESMExports} from 'node:module'
const processes = createRequire(import.meta.url)('node:child_process')
const seen = file => appendFileSync(process.env.WITNESS, file + '\\n')
const spawn = processes.ChildProcess.prototype.spawn
processes.ChildProcess.prototype.spawn = function (options) { seen(options.file); return spawn.call(this, options) }
for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
  const own = processes[name]
  processes[name] = (file, ...rest) => { seen(file); return own(file, ...rest) }
}
syncBuiltinESMExports()
`

describe('a pull request of a stranger', () => {
  /** Everything that a file can name to be run, each of which would leave a trace. */
  const HOSTILE = `sluice: 1
system: shop
services:
  accounts:
    role: critical
    repo: accounts
    switch: touch hit-switch
    run: { command: touch hit-run }
    matrix: { prod: main, pinned: touch hit-pinned, latest: touch hit-latest, test: touch hit-test }
    rollout: { steps: [100], bake: 0s, checks: [{ command: touch hit-check }] }
environments:
  production:
    current: { accounts: 1.0.0 }
    target: { accounts: 2.0.0 }
`

  async function hostile(): Promise<Rig> {
    const rig = await rigged()
    await rig.write('sluice.yaml', HOSTILE)
    await rig.write('witness.mjs', WITNESS)
    await mkdir(join(rig.folder, 'accounts'))
    const repository = testRepository(join(rig.folder, 'accounts'))
    repository.fastImport(
      releaseStream(['v1.0.0', 'v2.0.0'].map(tag => ({tag, files: {'sluice.service.yaml': 'service: accounts\n'}}))),
    )
    for (const key of ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'diff.external', 'core.hooksPath'])
      repository.git('config', key, join(rig.folder, 'evil'))
    await rig.write('evil', '#!/bin/sh\ntouch hit-git\n')
    return rig
  }

  it.each(['plan', 'check'])('starts nothing but git: %s', async command => {
    const rig = await hostile()
    const seen = await rig.write('seen', '')
    const ran = await ranAction(rig, {
      with: {command, releases: 'accounts@2.0.0', comment: 'false'},
      env: {NODE_OPTIONS: `--import=${join(rig.folder, 'witness.mjs')}`, WITNESS: seen},
      event: pullRequest('stranger/shop'),
    })
    expect([ran.code, ran.log]).toEqual([0, expect.not.stringContaining('hit-git')])
    const started = (await readFile(seen, 'utf8')).split('\n').filter(Boolean)
    expect(new Set(started)).toEqual(new Set(['git']))
    expect(readdirSync(rig.folder, {recursive: true, encoding: 'utf8'}).filter(name => name.includes('hit-'))).toEqual(
      [],
    )
  })

  it.each(['apply', 'matrix'])('may not be what %s runs', async command => {
    const rig = await hostile()
    const ran = await ranAction(rig, {with: {command}, event: pullRequest('stranger/shop')})
    expect([ran.code, ran.log]).toEqual([1, expect.stringContaining('this pull request comes from a fork')])
  })

  it('gets no command to the runner, and no secret out of it', async () => {
    const rig = await withShop()
    const config = await readFile(join(rig.folder, 'sluice.yaml'), 'utf8')
    await rig.write(
      'sluice.yaml',
      `${config}    excuse: [{ client: billing, server: accounts, contract: accounts-api, reason: "\\n::error::forged\\n##[error]forged" }]\n`,
    )
    const ran = await ranAction(rig, {with: {}, env: {DEPLOY_TOKEN: 'hunter2hunter2'}})
    const [first = ''] = ran.log.split('\n').filter(line => line.includes('hunter2hunter2'))
    expect(first).toBe('::add-mask::hunter2hunter2')
    const heard = heardIn(ran.log)
    expect(heard.filter(line => line.includes('forged'))).toEqual([])
    expect(heard.some(line => line.startsWith('::group::Plan'))).toBe(true)
  })
})

/** The lines in which the runner looks for commands: those between \`stop-commands\` and its word are none. */
function heardIn(log: string): readonly string[] {
  let word: string | undefined
  return log.split('\n').filter(line => {
    if (word !== undefined) {
      if (line === `::${word}::`) word = undefined
      return false
    }
    word = /^::stop-commands::(.+)$/.exec(line)?.[1]
    return word === undefined
  })
}

describe('apply, in the Action', () => {
  it('wants a record that outlives the runner', async () => {
    const ran = await ranAction(await withShop(), {with: {command: 'apply'}})
    expect([ran.code, ran.log]).toEqual([1, expect.stringContaining('a runner keeps no disk')])
  })

  it('carries out a plan, and shows how it went', async () => {
    const rig = await openRig()
    try {
      await shop(rig)
      expect((await ranAction(rig, {with: {}})).code).toBe(0)
      const ran = await ranAction(rig, {with: {command: 'apply', 'allow-local-state': 'true', reason: 'a test'}})
      expect([ran.code, ran.log.includes('::group::Rollout')], ran.log).toEqual([0, true])
      expect(ran.outputs).toMatchObject({
        'exit-code': '0',
        state: 'succeeded',
        steps: '2',
        'rollout-id': expect.any(String) as unknown,
      })
      expect(ran.summary).toContain('| `accounts-1` | ✅ succeeded | 100 % |')
      const again = await ranAction(rig, {with: {command: 'apply', 'allow-local-state': 'true'}})
      expect([again.code, again.outputs['state']]).toEqual([0, 'nothing-to-do'])
    } finally {
      await rig.sweep()
      await rig.end()
    }
  })
})
