import {type Engine, ownEngine, type OwnEngine} from '../test/support/docker.ts'
import {haproxyRig, SLOTS} from '../test/support/haproxy.ts'
import {openRig} from '../test/support/rig.ts'
import {LOADS, shiftUnderLoad} from '../test/support/shifts.ts'
import {shop} from '../test/support/shop.ts'

/**
 * `npm run load [process|docker] [ROUNDS] [own|wrk]`: rollouts and take-backs of a real program through HAProxy, under
 * the load of the tests' own clients or of wrk.
 */
const [runtime = 'process', rounds = '20', clients = 'own'] = process.argv.slice(2)

const engine = runtime === 'docker' ? await ownEngine() : undefined
try {
  await carryOut(Number(rounds), engine)
} finally {
  await engine?.end()
}

async function carryOut(count: number, docker: Engine | OwnEngine | undefined): Promise<void> {
  const rig = await openRig()
  const proxy = await haproxyRig({backend: SLOTS})
  const {address, folder} = proxy
  const options = `{ driver: haproxy, socket: ${folder}/admin.sock, stateFile: ${folder}/state }`
  const target = '{ accounts: 2.0.0 }'
  try {
    await shop(rig, {balancer: {options, address}, target, ...(docker && {docker: docker.socket})})
    const first = await rig.sluice('apply', '--yes', '--to', 'accounts=1.0.0')
    if (first.code !== 0) throw new Error(first.stderr)
    const began = performance.now()
    const {requests, failures, wrong} = await shiftUnderLoad(
      rig,
      LOADS[clients === 'wrk' ? 'wrk' : 'own'](address),
      count,
    )
    const seconds = (performance.now() - began) / 1000
    const said = [
      `${count} rollouts and ${count} take-backs through HAProxy with the runtime ${runtime}, clients: ${clients}, ${seconds.toFixed(0)} s`,
      `${requests} requests, ${failures.length} failed${failures.length > 0 ? `: ${failures.slice(0, 5).join('; ')}` : ''}`,
      ...wrong,
    ]
    process.stdout.write(`${said.join('\n')}\n`)
    if (failures.length > 0 || wrong.length > 0) process.exitCode = 1
  } finally {
    await rig.sweep()
    await rig.end()
    await proxy.end()
  }
}
