import {environmentsOf} from './environment.ts'
import {runProgram} from './program.ts'
import type {Room} from './room.ts'
import {versionsOf} from './versions.ts'
import type {Bench} from './bench.ts'

/** This machine: processes of ours, in an environment that is nobody's. */
export function localRoom(bench: Pick<Bench, 'cache' | 'env' | 'timeoutMs' | 'signal'>): Room {
  const {env, timeoutMs, signal} = bench
  return {
    name: '',
    version: versionsOf(bench),
    run: (line, {folder, checkout, log}) =>
      runProgram({
        command: line.command,
        folder: checkout,
        env: {...environmentsOf(env, folder)[line.does], ...line.env},
        log,
        timeoutMs,
        signal,
      }),
  }
}
