import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {DurationMs} from '../../../core/base/units.ts'
import type {Balanced, Balancer, Calls, RoutedService, Shares} from '../../../ports/balancer.ts'
import {identify} from '../../processes/identity.ts'
import {ABILITIES} from '../abilities.ts'
import {ask} from './control/ask.ts'
import type {Answers, Asking, Hello, RequestOf} from './control/protocol.ts'
import {highestSocket} from './control/socket.ts'
import {startProcess} from './control/start.ts'
import {existsSync} from 'node:fs'
import type {Settings} from './settings.ts'
import {tableFile} from './table/store.ts'
import type {PoolEntry, ServiceWish} from './table/table.ts'

/** Where the process is and how it is started. */
export interface EmbeddedOptions {
  /** Absolute; one per environment. Holds the table, the log and the socket, and is made where it is missing. */
  readonly folder: string
  /** The folder of `sluice.yaml`. Once it is gone, the process ends by itself. */
  readonly root: string
  /** Program and arguments that run the balancer, without the folder. */
  readonly program: readonly string[]
  readonly settings: Settings
}

/** The balancer that comes with Sluice, as its users see it; and what a demo and tests need to end it. */
export interface Embedded extends Balancer, Required<Calls> {
  /** Makes sure that the process runs, with all it knew before. */
  ensure(): Promise<Result<Hello>>
  /** Ends the process, once what is under way has ended or `limitMs` has passed. Resolves when it is gone. */
  shutdown(limitMs: DurationMs): Promise<Result<void>>
}

/** A verb waits for the disk at most. */
const LIMIT_MS = 15_000
/** Beyond the deadline of the one verb that waits for requests. */
const MARGIN_MS = 5_000
const ATTEMPTS = 3

/** A weighted reverse proxy in a process of its own, which outlives the command. */
export function embedded({folder, root, program, settings}: EmbeddedOptions): Embedded {
  /** Every verb may be asked twice, so that a process that died before it answered is no trouble. */
  const asked = async <A extends Asking>(request: RequestOf<A>, limitMs = LIMIT_MS): Promise<Result<Answers[A]>> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const socket = highestSocket(folder)
      const answer = socket === undefined ? 'nobody' : await ask<A>(socket, request, limitMs)
      if (answer !== 'nobody') return answer
      const started = await startProcess(program, {folder, root})
      if (!started.ok) return started
    }
    return fail(failure('balancer-failed', {message: `the balancer process in ${folder} ends again and again`}))
  }
  /** Asks without starting anything where there has never been anything. */
  const known = () => highestSocket(folder) !== undefined || existsSync(tableFile(folder))

  return {
    can: ABILITIES.embedded,
    ensure: () => asked<'hello'>({do: 'hello'}),
    async attach(service, pool) {
      const wish = wishFor(service, settings)
      return wish.ok
        ? nothing(
            await asked<'attach'>({
              do: 'attach',
              service: wish.value,
              pool: {id: pool.id, addresses: pool.addresses},
              ...fenceOf(service),
            }),
          )
        : wish
    },
    async route(service, shares) {
      const wish = wishFor(service, settings)
      return wish.ok
        ? nothing(
            await asked<'route'>({do: 'route', service: wish.value, shares: entriesOf(shares), ...fenceOf(service)}),
          )
        : wish
    },
    read: async (service): Promise<Result<Balanced>> =>
      known() ? asked<'read'>({do: 'read', service: service.name, ...fenceOf(service)}) : ok({pools: []}),
    async detach(service, pool, deadline) {
      if (!known()) return ok(undefined)
      const limitMs = Math.max(0, deadline - Date.now()) + MARGIN_MS
      const {name} = service
      return nothing(
        await asked<'detach'>({do: 'detach', service: name, pool: pool.id, deadline, ...fenceOf(service)}, limitMs),
      )
    },
    async brownOut(service, gone, until) {
      const {name} = service
      return nothing(
        await asked<'brownOut'>({do: 'brownOut', service: name, gone: {...gone, until}, ...fenceOf(service)}),
      )
    },
    evidence: async (contract, major) =>
      known() ? asked<'evidence'>({do: 'evidence', contract, major}) : ok({contract, major, calls: 0}),
    counted: async () => (known() ? asked<'counted'>({do: 'counted'}) : ok({counts: []})),
    shutdown: limitMs => shutdownBalancer(folder, limitMs),
  }
}

function fenceOf({fence}: RoutedService): {readonly fence?: number} {
  return fence === undefined ? {} : {fence}
}

function wishFor({name, route, calls}: RoutedService, settings: Settings): Result<ServiceWish> {
  if (route.listen !== undefined) return ok({name, listen: route.listen, settings, calls: calls ?? []})
  const hint = `add listen: "127.0.0.1:PORT" to the route of ${name}`
  return fail(failure('driver-unable', {message: `the embedded balancer is not told where ${name} listens`, hint}))
}

function entriesOf(shares: Shares): readonly PoolEntry[] {
  return shares.map(({pool, share}) => ({id: pool.id, addresses: pool.addresses, share}))
}

/** Ends the balancer process of a folder, if there is one; see {@link Embedded.shutdown}. */
export async function shutdownBalancer(folder: string, limitMs: DurationMs): Promise<Result<void>> {
  const socket = highestSocket(folder)
  const answer = socket === undefined ? 'nobody' : await ask<'shutdown'>(socket, {do: 'shutdown', limitMs}, LIMIT_MS)
  if (answer === 'nobody') return ok(undefined)
  if (!answer.ok) return answer
  const end = performance.now() + limitMs + MARGIN_MS
  while (identify(answer.value.pid)) {
    if (performance.now() > end)
      return fail(failure('balancer-failed', {message: `the balancer process ${answer.value.pid} does not end`}))
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return ok(undefined)
}

function nothing(result: Result<null>): Result<void> {
  return result.ok ? ok(undefined) : result
}
