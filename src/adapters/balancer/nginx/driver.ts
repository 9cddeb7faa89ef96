import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {failure} from '../../../core/base/failure.ts'
import {fail, ok, type Result} from '../../../core/base/result.ts'
import type {Balanced, Balancer, Pool, RoutedService, Shares} from '../../../ports/balancer.ts'
import type {Clock} from '../../../ports/clock.ts'
import {describeEnd, runCommand} from '../../command.ts'
import {readIfThere, replaceFile} from '../../files.ts'
import {inTurn} from '../../in-turn.ts'
import {ABILITIES} from '../abilities.ts'
import {newestFence} from '../fence.ts'
import {
  fenceOf,
  printOf,
  readPools,
  type Upstream,
  type UpstreamPool,
  weightsOf,
  withFence,
  writeUpstream,
} from './upstream.ts'
import {loadedPrint, type Worker, workersOf} from './workers.ts'

export interface NginxSettings {
  /** The folder that nginx includes; one file a back end. */
  readonly folder: string
  /** Where the probes of the upstream files listen. */
  readonly sockets: string
  /** Says whether the configuration would load. */
  readonly test: readonly string[]
  readonly reload: readonly string[]
  readonly pidFile: string
  /** What a client is known by, where each is to stay with one pool. */
  readonly splitBy?: string
  readonly clock: Clock
}

const COMMAND_MS = 20_000
/** Longest wait for the new workers; a reload takes 20 to 50 ms. */
const RELOAD_MS = 10_000
const POLL_MS = 25

/**
 * nginx by its configuration: the upstream of a service is a file of ours, tested before it is loaded, replaced as a
 * whole, and read back from the workers that run. What does not load is taken back.
 */
export function nginx(settings: NginxSettings): Balancer {
  const {clock} = settings
  const fileOf = (backend: string) => join(settings.folder, `sluice-${backend}.conf`)
  const probeOf = (backend: string) => join(settings.sockets, `sluice-${backend}.sock`)

  /** What the file says; refused to whoever held the environment before the one that it has seen. */
  const recall = async (service: RoutedService): Promise<Result<Upstream>> => {
    const {backend} = service.route
    const text = (await readIfThere(fileOf(backend))) ?? ''
    const seen = fenceOf(text)
    const fence = newestFence(service, seen)
    if (!fence.ok) return fence
    if (fence.value > seen) {
      const kept = await guarded(() => replaceFile(fileOf(backend), withFence(text, fence.value), 0o644))
      if (!kept.ok) return kept
    }
    const {splitBy} = settings
    return ok({backend, pools: readPools(text) ?? [], ...(splitBy !== undefined && {by: splitBy})})
  }

  /** Makes the workers run this, or leaves everything as it was and says why. */
  const load = async (service: RoutedService, upstream: Upstream): Promise<Result<void>> => {
    const {backend} = upstream
    const print = printOf(upstream)
    const before = await readIfThere(fileOf(backend))
    const fence = newestFence(service, fenceOf(before ?? ''))
    if (!fence.ok) return fence
    if ((await loadedPrint(probeOf(backend))) === print) return ok(undefined)
    const text = withFence(writeUpstream(upstream, probeOf(backend)), fence.value)
    const written = await guarded(() => replaceFile(fileOf(backend), text, 0o644))
    if (!written.ok) return written
    const loaded = await reload(backend, print)
    if (loaded.ok) return loaded
    await guarded(() =>
      before === undefined ? rm(fileOf(backend), {force: true}) : replaceFile(fileOf(backend), before, 0o644),
    )
    await command(settings.reload)
    return loaded
  }

  const reload = async (backend: string, print: string): Promise<Result<void>> => {
    const before = await workers()
    for (const step of [settings.test, settings.reload]) {
      const done = await command(step)
      if (!done.ok) return done
    }
    const deadline = clock.monotonic() + RELOAD_MS
    while ((await loadedPrint(probeOf(backend))) !== print || (await stillTaking(before))) {
      if (clock.monotonic() > deadline) return fail(notLoaded(fileOf(backend)))
      await clock.sleep(POLL_MS)
    }
    return ok(undefined)
  }

  const workers = async () => workersOf(Number((await readIfThere(settings.pidFile))?.trim()))

  /** For a moment both generations take connections; the old one would still send them the old way. */
  const stillTaking = async (before: readonly Worker[]): Promise<boolean> => {
    const now = await workers()
    return now.some(({pid, isLeaving}) => !isLeaving && before.some(worker => worker.pid === pid))
  }

  /** One at a time: who comes second finds loaded what the first has asked for, and closes nobody's connection for it. */
  const turn = inTurn()
  const change = (service: RoutedService, to: (upstream: Upstream) => Upstream): Promise<Result<void>> =>
    turn(settings.folder, async () => {
      const recalled = await recall(service)
      return recalled.ok ? load(service, to(recalled.value)) : recalled
    })

  const attach = (service: RoutedService, pool: Pool) => change(service, upstream => joined(upstream, pool))

  const route = async (service: RoutedService, shares: Shares): Promise<Result<void>> => {
    if (!shares.some(({share}) => share > 0)) {
      return fail(
        failure('balancer-failed', {
          message: `shares of ${service.name} that are all 0 would leave it without an answer`,
        }),
      )
    }
    const shareOf = ({id}: UpstreamPool) => shares.find(({pool}) => pool.id === id)?.share ?? 0
    return change(service, upstream => {
      const known = shares.reduce((before, {pool}) => joined(before, pool), upstream)
      return {...known, pools: known.pools.map(pool => ({...pool, share: shareOf(pool)}))}
    })
  }

  const read = (service: RoutedService) => turn(settings.folder, () => readNow(service))

  const readNow = async (service: RoutedService): Promise<Result<Balanced>> => {
    const recalled = await recall(service)
    if (!recalled.ok) return recalled
    const upstream = recalled.value
    if (upstream.pools.length > 0 && (await loadedPrint(probeOf(upstream.backend))) !== printOf(upstream)) {
      // Somebody restarted or changed nginx, or it died in the middle of a reload: say it again before telling.
      const again = await reload(upstream.backend, printOf(upstream))
      if (!again.ok) return again
    }
    const weights = weightsOf(upstream)
    return ok({
      pools: upstream.pools.map((pool, index) => ({
        id: pool.id,
        servers: pool.addresses.map(address => ({address, weight: weights[index]?.weight ?? 0, inFlight: 0})),
        share: Number((weights[index]?.share ?? 0).toFixed(4)),
      })),
    })
  }

  const detach = async (service: RoutedService, pool: Pool, deadline: number): Promise<Result<void>> => {
    const recalled = await turn(settings.folder, () => recall(service))
    if (!recalled.ok) return recalled
    const upstream = recalled.value
    const leaving = upstream.pools.find(({id}) => id === pool.id)
    if (!leaving) return ok(undefined)
    const others = upstream.pools.filter(({id}) => id !== pool.id)
    if (leaving.share > 0 && others.length > 0) {
      return fail(
        failure('balancer-failed', {
          message: `pool ${pool.id} of ${service.name} still has a share of ${leaving.share} %`,
        }),
      )
    }
    await untilLeft(deadline)
    return change(service, now => ({...now, pools: now.pools.filter(({id}) => id !== pool.id)}))
  }

  /** A pool without a share is asked only by workers of before: it is free when they are gone. */
  const untilLeft = async (deadline: number): Promise<void> => {
    while (clock.now() < deadline && (await workers()).some(worker => worker.isLeaving)) await clock.sleep(POLL_MS * 4)
  }

  return {can: ABILITIES.nginx, attach, route, read, detach}
}

/** The first pool of a service gets everything; a known one keeps its share and gets these addresses. */
function joined(upstream: Upstream, pool: Pool): Upstream {
  const before = upstream.pools.find(({id}) => id === pool.id)
  const share = before?.share ?? (upstream.pools.length === 0 ? 100 : 0)
  const after: UpstreamPool = {id: pool.id, addresses: pool.addresses, share}
  return {
    ...upstream,
    pools: before ? upstream.pools.map(each => (each === before ? after : each)) : [...upstream.pools, after],
  }
}

async function command(words: readonly string[]): Promise<Result<void>> {
  const asked = {command: words, folder: '/', env: {}, timeoutMs: COMMAND_MS}
  const end = await runCommand(asked)
  if (end.is === 'exited' && end.code === 0) return ok(undefined)
  return fail(failure('balancer-failed', {message: `nginx was not reloaded: ${describeEnd(end, asked)}`}))
}

async function guarded(act: () => Promise<void>): Promise<Result<void>> {
  try {
    await act()
    return ok(undefined)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return fail(
      failure('balancer-failed', {
        message: `the upstream file cannot be written: ${message}`,
        hint: 'may sluice write in that folder?',
      }),
    )
  }
}

function notLoaded(file: string) {
  return failure('balancer-failed', {
    message: `nginx was reloaded and still does not run what ${file} says`,
    hint: `is that folder included in the http section (include ${file.replace(/[^/]*$/, '')}*.conf;), and does nginx's error log say why?`,
  })
}
