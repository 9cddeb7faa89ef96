import {type Rig} from './rig.ts'
import {sendSteadily, type Wanted} from './traffic.ts'
import {wrk} from './wrk.ts'

/** What came of many rollouts under load. */
export interface Shifted extends Sent {
  /** Exit codes that were not as they should be, with what was said. */
  readonly wrong: readonly string[]
}

interface Sent {
  readonly requests: number
  /** What clients got that was no answer of a good release; what the broken release itself said is not among it. */
  readonly failures: readonly string[]
}

/** Clients that ask until they are told to stop. */
export interface Load {
  stop(): Promise<Sent>
}

/** Kept connections and new ones, GET and POST, each request sent once. */
export const LOADS = {
  /** Of the tests' own, which say of each failure what it was. */
  own: (address: string): readonly Load[] => [
    ownLoad(address, {connections: 6}),
    ownLoad(address, {connections: 6, method: 'POST'}),
    ownLoad(address, {connections: 2, headers: CLOSE}),
    ownLoad(address, {connections: 2, method: 'POST', headers: CLOSE}),
  ],
  wrk: (address: string): readonly Load[] => [
    wrk(address, {connections: 6, method: 'GET'}),
    wrk(address, {connections: 6, method: 'POST'}),
    wrk(address, {connections: 2, method: 'GET', close: true}),
    wrk(address, {connections: 2, method: 'POST', close: true}),
  ],
}

const CLOSE = {Connection: 'close'}

/** Moves the shop's accounts to and fro, and lets a broken release be taken back as often, while clients ask. */
export async function shiftUnderLoad(rig: Rig, loads: readonly Load[], rounds: number): Promise<Shifted> {
  const wrong: string[] = []
  const carry = async (release: string, code: number) => {
    const ran = await rig.sluice('apply', '--yes', '--again', '--to', `accounts=${release}`)
    if (ran.code !== code) wrong.push(`${release} ended with ${ran.code}: ${ran.stderr}`)
  }
  for (let round = 0; round < rounds; round++) {
    await carry(round % 2 === 0 ? '2.0.0' : '1.0.0', 0)
    await carry('3.0.0', 1)
  }
  const sent = await Promise.all(loads.map(load => load.stop()))
  const requests = sent.reduce((sum, one) => sum + one.requests, 0)
  return {requests, failures: sent.flatMap(one => one.failures), wrong}
}

function ownLoad(address: string, wanted: Omit<Wanted, 'requests'>): Load {
  const sender = sendSteadily(address, wanted)
  return {
    async stop() {
      const {bodies, failures} = await sender.stop()
      const answered = Object.values(bodies).reduce((sum, count) => sum + count, 0)
      return {requests: answered + failures.length, failures: failures.filter(failure => !isOfTheBroken(failure))}
    },
  }
}

/** What the broken release itself answered is what a check is there for. */
function isOfTheBroken(failure: string): boolean {
  return failure.startsWith('500 ') && failure.includes('"release":"3.0.0"')
}
