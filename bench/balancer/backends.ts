import {fork} from 'node:child_process'
import {once} from 'node:events'

/** Two servers in a process of their own, which know how often they were asked. */
export interface Backends {
  readonly addresses: readonly [one: string, two: string]
  /** How often each was asked, since the last time. */
  asked(): Promise<readonly [one: number, two: number]>
  end(): void
}

export async function startBackends(): Promise<Backends> {
  const child = fork('bench/balancer/backend.mjs')
  const [ports] = (await once(child, 'message')) as [[number, number]]
  return {
    addresses: [`127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`],
    async asked() {
      child.send('asked')
      const [counts] = (await once(child, 'message')) as [[number, number]]
      return counts
    },
    end: () => child.kill(),
  }
}
