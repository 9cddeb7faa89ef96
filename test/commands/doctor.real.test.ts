import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {shutdownBalancer} from '../../src/adapters/balancer/embedded/driver.ts'
import type {Examined} from '../../src/app/doctor.ts'
import {startBackend} from '../support/backends.ts'
import {eventually} from '../support/eventually.ts'
import {haproxyRig, type HaproxyMade, haproxyVersion, SLOTS} from '../support/haproxy.ts'
import {type Rig, rigged} from '../support/rig.ts'
import {shop} from '../support/shop.ts'

const hasHaproxy = haproxyVersion() !== undefined

if (!hasHaproxy && process.env['CI']) throw new Error('haproxy is not installed: apt-get install haproxy')

async function examined(rig: Rig, ...more: readonly string[]) {
  const {code, stdout, stderr} = await rig.sluice('doctor', '--json', ...more)
  const {findings, ...rest} = JSON.parse(stdout) as Examined
  const about = (what: string) => findings.find(finding => finding.what === what)
  return {code, stderr, findings, about, ...rest}
}

async function behind(made: HaproxyMade, backend = 'shop') {
  const rig = await rigged()
  const proxy = await haproxyRig(made)
  const options = `{ driver: haproxy, socket: ${proxy.folder}/admin.sock }`
  await shop(rig, {balancer: {options, address: proxy.address}})
  if (backend !== 'shop') {
    const {readFile} = await import('node:fs/promises')
    const text = await readFile(`${rig.folder}/sluice.yaml`, 'utf8')
    await rig.write('sluice.yaml', text.replace('backend: shop', `backend: ${backend}`))
  }
  const seen = await examined(rig)
  await proxy.end()
  return seen
}

describe('sluice doctor', () => {
  it('looks at the machine where there is no file', async () => {
    const {code, file, about, well} = await examined(await rigged())
    expect([code, file, well]).toEqual([0, null, true])
    expect(about('node')).toMatchObject({level: 'good', text: process.version})
    expect(about('git')).toMatchObject({level: 'good'})
    expect(about('the file')).toMatchObject({level: 'note', todo: expect.stringContaining('sluice init')})
  })

  it('names an environment that there is not', async () => {
    const rig = await rigged()
    await shop(rig)
    expect(await rig.sluice('doctor', '--env', 'nowhere')).toMatchObject({code: 2})
  })

  it('says what is wrong with the file', async () => {
    const rig = await rigged()
    await rig.write('sluice.yaml', 'sluice: 1\n')
    const {code, about} = await examined(rig)
    expect(code).toBe(1)
    expect(about('the file')).toMatchObject({level: 'bad', text: expect.stringContaining('system')})
  })

  it('finds the record, the ports and the instances well, before and after a rollout', async () => {
    const rig = await rigged()
    const address = await shop(rig)
    const before = await examined(rig)
    expect(before.code, before.stderr).toBe(0)
    expect(before.about(address)).toMatchObject({level: 'good', text: 'free'})
    expect(before.about(`folder ${rig.folder}`)).toMatchObject({text: expect.stringContaining('on disk within')})
    expect((await rig.sluice('apply', '--yes')).code).toBe(0)
    const {code, about} = await examined(rig)
    expect(code).toBe(0)
    expect(about(address)).toMatchObject({text: 'in use, and the balancer of this environment runs'})
    expect(about('instances')).toMatchObject({text: '2 instances, 2 healthy'})
    await eventually(async () => /^pid \d+, standby \d+$/.test((await examined(rig)).about('process')?.text ?? ''))
    expect(about(`${rig.folder}/.sluice/state.db`)).toMatchObject({text: expect.stringContaining('journal wal')})
    await shutdownBalancer(join(rig.folder, '.sluice', 'production', 'balancer'), 0)
    const after = await examined(rig)
    expect(after.about('process')).toMatchObject({level: 'note', text: 'has run, and does not now'})
    await rig.sweep()
  })

  it('names a port that somebody else has, and what to do', async () => {
    const rig = await rigged()
    const address = await shop(rig)
    const somebody = await startBackend('somebody', Number(address.split(':')[1]))
    const {code, about} = await examined(rig)
    expect(code).toBe(1)
    expect(about(address)).toMatchObject({level: 'bad', text: 'in use', todo: expect.stringContaining('listen')})
    const {stdout} = await rig.sluice('doctor')
    expect(stdout).toContain(`✖ ${address}`)
    expect(stdout).toContain('1 to be put right')
    await somebody.close()
  })

  it('names the rollout that nobody finished', async () => {
    const rig = await rigged()
    await shop(rig, {bake: '10m'})
    const holder = rig.hold(process.execPath, `${process.cwd()}/bin/run.js`, 'apply', '--yes')
    let said = ''
    holder.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await eventually(() => said.includes('share 50 %'))
    const during = await examined(rig)
    expect(during.findings.some(({todo}) => todo?.startsWith('sluice rollout watch'))).toBe(true)
    holder.kill('SIGINT')
    await new Promise(resolve => holder.once('exit', resolve))
    const {findings} = await examined(rig)
    expect(findings.some(({todo}) => todo?.startsWith('sluice rollout resume'))).toBe(true)
    await rig.sweep()
  })
})

describe.skipIf(!hasHaproxy)('sluice doctor on haproxy (needs the program haproxy)', () => {
  it('says its version, its level, and what each back end has', async () => {
    const {code, findings, about} = await behind({backend: SLOTS})
    expect(code).toBe(0)
    expect(findings.find(({text}) => text.startsWith('HAProxy '))?.text).toContain(`${haproxyVersion()?.split('-')[0]}`)
    expect(findings.find(({text}) => text.startsWith('HAProxy '))?.text).toContain('level admin')
    expect(about('back end shop')).toMatchObject({level: 'good', text: 'balance roundrobin, 8 servers, 8 free'})
    expect(about('reloads')).toMatchObject({level: 'note', todo: expect.stringContaining('stateFile')})
  })

  it.each([
    ['a back end that keeps to no share', {backend: ['balance leastconn', ...SLOTS.slice(1)]}, 'shop', 'leastconn'],
    ['a socket without the right', {backend: SLOTS, level: 'operator'}, 'shop', 'level operator'],
    ['a back end that is not there', {backend: SLOTS}, 'shoop', 'no back end "shoop"'],
  ] as const)('finds %s', async (_, made, backend, text) => {
    const {code, findings} = await behind(made, backend)
    expect(code).toBe(1)
    expect(findings.filter(({level}) => level === 'bad').map(finding => finding.text)).toEqual([
      expect.stringContaining(text),
    ])
    expect(findings.find(({level}) => level === 'bad')?.todo).toBeDefined()
  })
})
