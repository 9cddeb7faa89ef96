import {type Rig} from './rig.ts'
import {sendSteadily} from './traffic.ts'

/** What came of many rollouts under load. */
export interface Shifted {
  readonly requests: number
  /** What clients got that was no answer of a good release. */
  readonly failures: readonly string[]
  /** Exit codes that were not as they should be, with what was said. */
  readonly wrong: readonly string[]
}

/**
 * Moves the shop's accounts to and fro, and lets a broken release be taken back as often, while clients ask: kept
 * connections and new ones, GET and POST, each request sent once.
 */
export async function shiftUnderLoad(rig: Rig, address: string, rounds: number): Promise<Shifted> {
  const wrong: string[] = []
  const carry = async (release: string, code: number) => {
    const ran = await rig.sluice('apply', '--yes', '--again', '--to', `accounts=${release}`)
    if (ran.code !== code) wrong.push(`${release} ended with ${ran.code}: ${ran.stderr}`)
  }
  const close = {Connection: 'close'}
  const loads = [
    sendSteadily(address, {connections: 6}),
    sendSteadily(address, {connections: 6, method: 'POST'}),
    sendSteadily(address, {connections: 2, headers: close}),
    sendSteadily(address, {connections: 2, method: 'POST', headers: close}),
  ]
  for (let round = 0; round < rounds; round++) {
    await carry(round % 2 === 0 ? '2.0.0' : '1.0.0', 0)
    await carry('3.0.0', 1)
  }
  const sent = await Promise.all(loads.map(load => load.stop()))
  const answered = sent.flatMap(({bodies}) => Object.values(bodies)).reduce((sum, count) => sum + count, 0)
  const failures = sent.flatMap(one => one.failures).filter(failure => !isOfTheBroken(failure))
  return {requests: answered + sent.flatMap(one => one.failures).length, failures, wrong}
}

/** What the broken release itself answered is what a check is there for. */
function isOfTheBroken(failure: string): boolean {
  return failure.startsWith('500 ') && failure.includes('"release":"3.0.0"')
}
