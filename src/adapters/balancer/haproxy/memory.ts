import type {Percent} from '../../../core/base/units.ts'
import type {PoolId} from '../../../ports/runtime.ts'
import {readIfThere, replaceFile} from '../../files.ts'

/**
 * What HAProxy has no field for, and what a reload makes it forget: which server belongs to which pool, and the weight
 * it was given. Kept in one file a back end, replaced as a whole. When it is lost nothing breaks: the engine attaches
 * its pools again, and attaching moves no traffic.
 */
export interface Remembered {
  /** The HAProxy process that was told so; another one has forgotten. */
  readonly epoch: string
  /** How many sets of servers there have been; the counters of a new set begin anew. */
  readonly sets: number
  readonly pools: readonly RememberedPool[]
  /** The highest number of a lease that was seen; 0 for none. */
  readonly fence: number
}

/** Where `mode: map` keeps a pool: the map sends each request to one of the two. */
export type Side = 'a' | 'b'

export interface RememberedPool {
  readonly id: PoolId
  readonly servers: readonly RememberedServer[]
  readonly share: Percent
  /** Which set of servers this is. */
  readonly set: number
  readonly side?: Side
}

export interface RememberedServer {
  readonly name: string
  readonly address: string
  readonly weight: number
  /** Made by `add server`, so it goes by `del server`; otherwise a slot that the configuration holds ready. */
  readonly dynamic: boolean
}

const NOTHING: Remembered = {epoch: '', sets: 0, pools: [], fence: 0}

export interface Memory {
  recall(): Promise<Remembered>
  keep(remembered: Remembered): Promise<void>
}

export function fileMemory(path: string): Memory {
  return {
    recall: async () => parse(await readIfThere(path)),
    keep: remembered => replaceFile(path, `${JSON.stringify(remembered, null, 1)}\n`),
  }
}

/** An unreadable memory is as good as none: HAProxy itself is asked for what is there. */
function parse(text: string | undefined): Remembered {
  if (text === undefined) return NOTHING
  try {
    const read = JSON.parse(text) as Partial<Remembered>
    return Array.isArray(read.pools) && typeof read.epoch === 'string' ? {...NOTHING, ...read} : NOTHING
  } catch {
    return NOTHING
  }
}
