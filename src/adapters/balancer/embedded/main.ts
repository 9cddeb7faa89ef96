import {claim} from './control/socket.ts'
import {PROTOCOL} from './control/protocol.ts'
import {serveControl} from './control/serve.ts'
import {createVerbs, type Verbs} from './control/verbs.ts'
import {createTally} from './counts/tally.ts'
import {loadTallies, saveTallies} from './counts/tally-file.ts'
import {createLog} from './log.ts'
import {loadTable, saveTable} from './table/store.ts'
import type {Table} from './table/table.ts'
import {Traffic} from './traffic/traffic.ts'

/** The balancer as a process of its own: `node balancer.js FOLDER`. It lives until it is told to end. */

const SWEEP_MS = 1_000
const TALLY_MS = 5_000
const RETRY_LISTEN_MS = 500
/** How long requests may take to end after SIGTERM. */
const DRAIN_MS = 10_000

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: balancer FOLDER')
await main(folder, createLog(folder))

async function main(folder: string, log: (line: string) => void): Promise<void> {
  // A request that goes wrong must not take the others with it; what is not understood is at least written down.
  process.on('uncaughtException', error => log(`uncaught: ${error.stack ?? String(error)}`))
  process.on('unhandledRejection', error => log(`unhandled: ${error instanceof Error ? error.stack : String(error)}`))
  process.on('SIGHUP', () => undefined)
  const {promise: ready, resolve, reject} = withResolvers<Verbs>()
  const holder = await claim(folder, socket => serveControl(socket, ready, log))
  if (!holder) process.exit(0)
  try {
    resolve(await run(folder, log))
  } catch (error) {
    log(`cannot start: ${error instanceof Error ? error.message : String(error)}`)
    reject(error)
    process.exit(1)
  }
}

async function run(folder: string, log: (line: string) => void): Promise<Verbs> {
  let table = await loadTable(folder)
  const tally = createTally(Date.now, await loadTallies(folder, Date.now()))
  await saveTallies(folder, tally.dump(), false)
  const traffic = new Traffic(
    {saw: (service, {url, headers}) => tally.saw(service.name, url ?? '/', headers)},
    epochs(),
  )
  const shutDown = once(async (limitMs: number) => {
    await traffic.end(limitMs)
    await saveTallies(folder, tally.dump(), true)
    log('ended')
    process.exit(0)
  })
  process.on('SIGTERM', () => shutDown(DRAIN_MS)).on('SIGINT', () => shutDown(DRAIN_MS))
  for (const {name, calls} of table.services) tally.watch(name, calls)
  await restore(() => table, traffic, log)
  setInterval(() => traffic.sweep(), SWEEP_MS)
  setInterval(() => void saveTallies(folder, tally.dump(), false).catch(error => log(String(error))), TALLY_MS)
  log(`started with ${table.services.length} services`)
  return createVerbs(
    {
      traffic,
      tally,
      save: next => saveTable(folder, next),
      shutDown,
      table: () => table,
      setTable: next => void (table = next),
    },
    {pid: process.pid, protocol: PROTOCOL},
  )
}

/** Takes up every service of the table. One whose address is taken must not keep the others down, and is tried again. */
async function restore(table: () => Table, traffic: Traffic, log: (line: string) => void): Promise<void> {
  const missing = table().services.filter(({name}) => !traffic.service(name))
  for (const entry of missing) {
    const prepared = await traffic.prepare({services: [entry]})
    if (!prepared.ok) log(prepared.failure.message)
    else traffic.follow(table(), prepared.value)
  }
  if (table().services.some(({name}) => !traffic.service(name))) {
    setTimeout(() => void restore(table, traffic, log), RETRY_LISTEN_MS)
  }
}

/** Names that no other pool, and no other process, has had. */
function epochs(): () => string {
  const process_ = `${Date.now().toString(36)}.${process.pid}`
  let count = 0
  return () => `${process_}.${++count}`
}

function once(act: (limitMs: number) => Promise<void>): (limitMs: number) => void {
  let begun = false
  return limitMs => {
    if (begun) return
    begun = true
    void act(limitMs)
  }
}

function withResolvers<T>(): {promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void} {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return {promise, resolve, reject}
}
