import {spawn} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {describe, expect, it} from 'vitest'
import {releaseStream, testRepository} from '../support/git.ts'
import {type Rig, rigged} from '../support/rig.ts'

/** What is written is valid, and can be planned at once. */
async function isGood(rig: Rig): Promise<void> {
  const valid = await rig.sluice('validate')
  expect([valid.code, valid.stderr]).toEqual([0, ''])
  const planned = await rig.sluice('plan')
  expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining('nothing to do')])
}

describe('sluice init', () => {
  it('writes a file from the compose file that lies there, and replaces none without being told', async () => {
    const rig = await rigged()
    const compose =
      'services:\n  a: { image: "a:1.2.0", ports: ["8001:80"] }\n  b: { image: "b:2.0.0", depends_on: [a], ports: ["8002:80"] }\n'
    await rig.write('docker-compose.yml', compose)
    const made = await rig.sluice('init', '--json')
    expect([made.code, JSON.parse(made.stdout)]).toEqual([
      0,
      expect.objectContaining({services: ['a', 'b'], leftOut: []}),
    ])
    await isGood(rig)
    const file = join(rig.folder, 'sluice.yaml')
    expect(await readFile(file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.sluice\/sluice\.schema\.json\n/)
    expect(JSON.parse(await readFile(join(rig.folder, '.sluice/sluice.schema.json'), 'utf8'))).toHaveProperty('$schema')
    await rig.write('sluice.yaml', 'mine')
    const again = await rig.sluice('init')
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('sluice.yaml is there already')])
    expect(await readFile(file, 'utf8')).toBe('mine')
    expect((await rig.sluice('init', '--force')).code).toBe(0)
    await isGood(rig)
  })

  it('makes the folder that its file is to go to, and says so where that cannot be', async () => {
    const rig = await rigged()
    await rig.write('compose.yaml', 'services: { a: { image: "a:1.2.0" } }\n')
    expect((await rig.sluice('init', '--out', 'ops/sluice.yaml')).code).toBe(0)
    expect(await readFile(join(rig.folder, 'ops/.sluice/sluice.schema.json'), 'utf8')).toContain('$schema')
    const none = await rig.sluice('init', '--out', 'compose.yaml/sluice.yaml')
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringContaining('cannot be written: a part of the path is a file'),
    ])
  })

  it('writes one from repositories, with their newest tags', async () => {
    const rig = await rigged()
    for (const name of ['accounts', 'billing']) mkdirSync(join(rig.folder, 'all', name), {recursive: true})
    const files = {'openapi.yaml': 'openapi: 3.0.0\ninfo: { version: 1.1.0 }\npaths: { /api/v1/x: {} }\n'}
    const accounts = testRepository(join(rig.folder, 'all/accounts'))
    accounts.fastImport(
      releaseStream([
        {tag: 'v1.0.0', files},
        {tag: 'v1.1.0', files},
      ]),
    )
    accounts.git('reset', '--hard', '--quiet', 'v1.1.0')
    testRepository(join(rig.folder, 'all/billing'))
    await rig.write('all/billing/.env.example', 'ACCOUNTS_API_URL=\n')
    expect((await rig.sluice('init', '--repos', 'all')).stderr).toContain('sluice validate')
    await isGood(rig)
    const text = await readFile(join(rig.folder, 'sluice.yaml'), 'utf8')
    expect(text).toContain('current: { accounts: 1.1.0, billing: 1.0.0 }')
    expect(text).toContain('consumes: { accounts-api: ^1.1.0 }')
  })

  it('says what to name where there is nothing to start from, and nobody to ask', async () => {
    const rig = await rigged()
    const none = await rig.sluice('init')
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--compose FILE, or --repos FOLDER')])
    const empty = await rig.sluice('init', '--repos', '.')
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('there is no git repository in .')])
  })

  it('is no bug where the person leaves the questions', async () => {
    const rig = await rigged()
    const child = inTerminal(rig)
    let said = ''
    let hasLeft = false
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (hasLeft || !said.includes('system called?')) return
      hasLeft = true
      child.stdin.write('\u0003')
    })
    expect(await new Promise(settle => child.on('close', settle)), said).toBe(2)
    expect(said).toContain('nothing is written')
  })

  it('asks where a person is there', async () => {
    const rig = await rigged()
    const child = inTerminal(rig)
    const answers: [RegExp, string][] = [
      [/system called\?/, '\u0015shop\r'],
      [/upgraded together\?/, 'accounts billing\r'],
      [/accounts: which release/, '1.4.0\r'],
      [/accounts: which command/, '\r'],
      [/accounts: whom/, '\r'],
      [/billing: which release/, '\r'],
      [/billing: which command/, 'node server.js\r'],
      [/billing: whom/, ' \r'],
    ]
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const next = answers[0]
      if (next && next[0].test(said)) {
        answers.shift()
        said = ''
        child.stdin.write(next[1])
      }
    })
    expect(await new Promise(settle => child.on('close', settle)), said).toBe(0)
    await isGood(rig)
    const text = await readFile(join(rig.folder, 'sluice.yaml'), 'utf8')
    expect(text).toContain('current: { accounts: 1.4.0, billing: 1.0.0 }')
    expect(text).toContain('1.0.0: { consumes: { accounts-api: ^1.0.0 } }')
  })
})

/** util-linux's `script` gives the program a terminal. */
function inTerminal({folder, env}: Awaited<ReturnType<typeof rigged>>) {
  return spawn('script', ['-qec', `${process.execPath} ${resolve('bin/run.js')} init`, '/dev/null'], {
    cwd: folder,
    env: {...env, TERM: 'xterm', NO_COLOR: ''},
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}
