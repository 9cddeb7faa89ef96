import {clock} from '../../../src/adapters/clock.ts'
import {processRuntime} from '../../../src/adapters/runtime/process.ts'
import type {CrashInstant} from '../../../src/adapters/runtime/process/given.ts'
import type {PoolSpec} from '../../../src/ports/runtime.ts'

/** What the program is told, as JSON in its only argument. */
export interface Dying {
  readonly folder: string
  readonly verb: 'start' | 'stop'
  readonly spec: PoolSpec
  readonly instant: CrashInstant
  /** Dies when it passes the instant for the n-th time. */
  readonly pass: number
}

/** A program that starts or stops a pool, and is killed in the midst of it as if by `kill -9`. */
const {folder, verb, spec, instant, pass} = JSON.parse(process.argv[2] ?? '') as Dying
let passed = 0

const runtime = await processRuntime({
  folder,
  clock,
  env: process.env,
  passing: passing => {
    if (passing === instant && ++passed === pass) process.kill(process.pid, 'SIGKILL')
  },
})
await (verb === 'start' ? runtime.start(spec) : runtime.stop(spec.service, spec.pool, 5000))
