import {readFileSync} from 'node:fs'
import {request} from 'node:http'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'
import {embedded} from '../../../src/adapters/balancer/embedded/driver.ts'
import {balancerProgram} from '../../../src/adapters/balancer/embedded/open.ts'
import {DEFAULT_SETTINGS} from '../../../src/adapters/balancer/embedded/settings.ts'
import type {UsageDocument} from '../../../src/report/usage/document.ts'
import {startBackend} from '../../support/backends.ts'
import {freePort} from '../../support/ports.ts'
import {rigged, type Rig} from '../../support/rig.ts'

const SLUICE_YAML = `sluice: 1
system: shop
contracts: { accounts-api: { calls: { path: "/api/v{major}/" } } }
services: { accounts: { releases: { 1.0.0: { provides: { accounts-api: [1.0.0, 2.0.0] } } } } }
environments: { production: {} }
`

/** The balancer of the rig's environment, with one service behind it. */
async function behindEmbedded(rig: Rig) {
  const folder = join(rig.folder, '.sluice', 'production', 'balancer')
  const balancer = embedded({folder, root: rig.folder, program: balancerProgram(), settings: DEFAULT_SETTINGS})
  const backend = await startBackend('hello')
  const port = await freePort()
  onTestFinished(async () => {
    await balancer.shutdown(0)
    await backend.close()
  })
  const calls = [
    {
      contract: 'accounts-api',
      pattern: {in: 'path', pattern: '/api/v{major}/'},
      clients: ['key', 'service'],
    },
  ] as const
  const service = {name: 'accounts', route: {backend: 'accounts', listen: `127.0.0.1:${port}`}, calls}
  const routed = await balancer.route(service, [{pool: {id: '1.0.0', addresses: [backend.address]}, share: 100}])
  expect(routed.ok).toBe(true)
  const call = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    new Promise<void>((done, failed) => {
      request({host: '127.0.0.1', port, path, headers, agent: false}, answer => answer.resume().on('end', done))
        .on('error', failed)
        .end()
    })
  const pid = async () => {
    const hello = await balancer.ensure()
    return hello.ok ? hello.value.pid : expect.fail(hello.failure.message)
  }
  return {balancer, call, pid, tallies: () => readFileSync(join(folder, 'calls.json'), 'utf8')}
}

async function shown(rig: Rig) {
  const ran = await rig.sluice('usage', '--read', '--json')
  expect(ran.code, ran.stdout).toBe(0)
  const {contracts, sources} = JSON.parse(ran.stdout) as UsageDocument
  const counts = contracts.flatMap(({versions}) =>
    versions.flatMap(({major, clients}) =>
      clients.map(({client, evidence, calls}) => [`v${major} by ${evidence} ${client}`, calls]),
    ),
  )
  return {counts: Object.fromEntries(counts) as Record<string, number>, sources}
}

it('the counters of the embedded balancer are a source without a word, and no restart of it counts a call twice', async () => {
  const rig = await rigged()
  await rig.write('sluice.yaml', SLUICE_YAML)
  expect((await rig.sluice('usage', '--read')).stderr).toContain('counts no calls yet')

  const {balancer, call, pid, tallies} = await behindEmbedded(rig)
  await call('/api/v1/x', {'X-Service-Name': 'billing'})
  await call('//api/%76%31/x', {'X-Service-Name': 'billing'})
  await call('/api/v2/x', {'X-Api-Key': 'secret-4711', 'X-Service-Name': 'billing'})
  await call('/api/x', {'X-Service-Name': 'odd'})
  const first = await shown(rig)
  const key = Object.keys(first.counts).find(name => name.includes('by key')) ?? 'none'
  expect(first.counts).toEqual({'v1 by service billing': 2, [key]: 1, 'vnull by service odd': 1})
  expect(key).toMatch(/^v2 by key [0-9a-f]{16}$/)
  expect(tallies()).not.toContain('4711')
  expect(await shown(rig)).toEqual(first)

  process.kill(await pid(), 'SIGKILL')
  const killed = await shown(rig)
  expect(killed.counts).toEqual(first.counts)
  expect(killed.sources).toMatchObject([
    {source: 'embedded', gaps: [{reason: expect.stringMatching(/^calls may have gone uncounted until/) as string}]},
  ])

  await call('/api/v1/x')
  await balancer.shutdown(5000)
  const ended = await shown(rig)
  expect(ended.counts).toEqual({...first.counts, 'v1 by unknown unknown': 1})
  expect(ended.sources[0]?.gaps).toEqual(killed.sources[0]?.gaps)

  await rig.write('sluice.yaml', `usage: { sources: { own: { balancer: embedded } } }\n${SLUICE_YAML}`)
  const renamed = await shown(rig)
  expect(renamed.counts).toEqual(ended.counts)
  expect(renamed.sources.map(({source}) => source)).toEqual(['embedded', 'own'])
})

it('is refused by name where the balancer of the environment counts nothing', async () => {
  const rig = await rigged()
  const nginx = 'environments: { production: { balancer: { driver: nginx, folder: nginx } } }'
  const sources = 'usage: { sources: { own: { balancer: embedded } } }\n'
  await rig.write('sluice.yaml', sources + SLUICE_YAML.replace('environments: { production: {} }', nginx))
  const ran = await rig.sluice('usage', '--read')
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('counts no calls itself')])
})
