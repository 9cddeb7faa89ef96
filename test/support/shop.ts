import {cp, readFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {freePort} from './ports.ts'
import type {Rig} from './rig.ts'

/** What a test changes of the shop. */
export interface ShopMade {
  /** Environment of accounts 2.0.0, as the fixture program reads it. */
  readonly broken?: Readonly<Record<string, string>>
  readonly bake?: string
  readonly target?: string
  /** What shares out the traffic, and where its clients ask; the embedded balancer without it. */
  readonly balancer?: {readonly options: string; readonly address: string}
  /** The socket of a Docker engine with the image of the fixture program; plain processes without it. */
  readonly docker?: string
  /** Where rollouts are recorded, where it is not beside the file. */
  readonly state?: string
}

/** From the next command on, shares of the rig's shop are not held: a test has looked at what was held for it. */
export async function hurried(rig: Rig): Promise<void> {
  const file = join(rig.folder, 'sluice.yaml')
  await rig.write('sluice.yaml', (await readFile(file, 'utf8')).replace(/bake: \w+/, 'bake: 0s'))
}

/** A system of two services in the rig's folder: real processes of the fixture program behind the embedded balancer. */
export async function shop(
  rig: Rig,
  {broken = {}, bake = '0s', target = '{ accounts: 2.0.0, billing: 2.0.0 }', balancer, docker, state}: ShopMade = {},
): Promise<string> {
  await cp(resolve('test/fixtures/app/server.mjs'), join(rig.folder, 'server.mjs'))
  const address = balancer?.address ?? `127.0.0.1:${await freePort()}`
  const how = docker ? 'image: "sluice/app:{version}", port: 8080' : 'command: node server.mjs'
  const run = `${how}, health: { path: /healthz, timeout: 15s }, stop: { drain: 500ms }`
  await rig.write(
    'sluice.yaml',
    `sluice: 1
system: shop
${state === undefined ? '' : `state: ${JSON.stringify(state)}\n`}services:
  accounts:
    role: critical
    run: { ${run} }
    route: { backend: ${balancer ? 'shop' : 'accounts'}, listen: "${address}" }
    rollout: { steps: [50, 100], bake: ${bake}, checks: [{ http: /, timeout: 10s }] }
    releases:
      1.0.0: { provides: { accounts-api: 1.0.0 } }
      2.0.0: { provides: { accounts-api: [1.0.0, 1.1.0] }, run: { env: ${JSON.stringify(broken)} } }
      3.0.0: { provides: { accounts-api: [1.0.0, 1.1.0] }, run: { env: { APP_STATUS: "500" } } }
  billing:
    role: backend
    run: { ${run} }
    releases:
      1.0.0: { consumes: { accounts-api: ^1.0 } }
      2.0.0: { consumes: { accounts-api: ^1.1 } }
environments:
  production:
${docker ? `    runtime: { driver: docker, socket: ${docker} }\n` : ''}${balancer ? `    balancer: ${balancer.options}\n` : ''}    current: { accounts: 1.0.0, billing: 1.0.0 }
    target: ${target}
`,
  )
  return address
}
