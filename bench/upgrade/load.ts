import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {Agent, request} from 'undici'

const PER_SECOND = 200
const AFTERWARDS_MS = 2000

/** What one upgrade did to its clients. */
export interface Upgrade {
  /** Of the command. */
  readonly seconds: number
  readonly requests: number
  readonly spoiled: number
  /** Seconds between the first bad answer and the last. */
  readonly badFor: number
  /** Seconds between the first bad answer and the end of the command. */
  readonly goneAfter: number
}

/** An open load, from before the upgrade until a little after it. */
export async function underLoad(address: string, upgrade: () => Promise<void>): Promise<Upgrade> {
  const agent = new Agent({connections: 32})
  const bad: number[] = []
  const inFlight = new Set<Promise<void>>()
  let requests = 0
  const began = performance.now()
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) / 1000) * PER_SECOND; requests < due; requests++) {
      const asked = isGood(agent, address)
        .then(good => void (good || bad.push(performance.now())))
        .finally(() => inFlight.delete(asked))
      inFlight.add(asked)
    }
  }, 5)
  await upgrade()
  const ended = performance.now()
  await new Promise(done => setTimeout(done, AFTERWARDS_MS))
  clearInterval(timer)
  await Promise.all(inFlight)
  await agent.close()
  const [first = ended, last = ended] = [bad[0], bad.at(-1)]
  const seconds = (ms: number) => ms / 1000
  return {
    seconds: seconds(ended - began),
    requests,
    spoiled: bad.length,
    badFor: seconds(last - first),
    goneAfter: seconds(ended - first),
  }
}

async function isGood(dispatcher: Agent, address: string): Promise<boolean> {
  try {
    const {statusCode, body} = await request(`http://${address}/`, {dispatcher})
    await body.dump()
    return statusCode === 200
  } catch {
    return false
  }
}

/** Runs a program in a folder, and throws where it does not end with the code. */
export async function run(code: number, cwd: string, program: string, ...args: readonly string[]): Promise<void> {
  const child = spawn(program, args, {cwd, stdio: ['ignore', 'ignore', 'pipe']})
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [ended] = (await once(child, 'close')) as [number | null]
  if (ended !== code) throw new Error(`${program} ${args.join(' ')} ended with ${ended}, not ${code}: ${said}`)
}
