import {type Held, hold} from './control/hold.ts'
import {serveControl} from './control/serve.ts'
import {type Verbs, createVerbs} from './control/verbs.ts'
import {PROTOCOL} from './control/protocol.ts'
import {createTally} from './counts/tally.ts'
import {loadTallies, tallyKeeper} from './counts/tally-file.ts'
import {createLog} from './log.ts'
import {loadTable, saveTable} from './table/store.ts'
import {inTurn} from '../../in-turn.ts'
import {Brownouts} from './traffic/brownouts.ts'
import type {House} from './traffic/listener.ts'
import {Traffic} from './traffic/traffic.ts'
import {CHANGES, type Control, restore} from './control/control.ts'

/**
 * The balancer as a process of its own: `node balancer.js FOLDER ROOT`. It lives until it is told to end, or until ROOT,
 * the folder of the system, is gone.
 */

const SWEEP_MS = 1_000
const KEEP_MS = 5_000
const RETRY_LISTEN_MS = 500
/** How long requests may take to end after SIGTERM. */
const DRAIN_MS = 10_000

const [folder, root] = process.argv.slice(2)
if (folder === undefined || root === undefined) throw new Error('usage: balancer FOLDER ROOT')
const log = createLog(folder)
// A request that goes wrong must not take the others with it; what is not understood is at least written down.
process.on('uncaughtException', error => log(`uncaught: ${error.stack ?? String(error)}`))
process.on('unhandledRejection', error => log(`unhandled: ${error instanceof Error ? error.stack : String(error)}`))
process.on('SIGHUP', () => undefined)
await main(folder, root).catch((error: unknown) => {
  log(`cannot start: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})

async function main(folder: string, root: string): Promise<void> {
  let giveVerbs: (verbs: Verbs) => void = () => undefined
  const ready = new Promise<Verbs>(resolve => {
    giveVerbs = resolve
  })
  const socket = await hold(folder, root, connection => serveControl(connection, ready, log))
  // Somebody else is the balancer of this folder.
  if (!socket) process.exit(0)
  const control = await build(folder)
  giveVerbs(createVerbs(control, {pid: process.pid, protocol: PROTOCOL}))
  setInterval(() => void keepHold(socket, control), KEEP_MS)
}

async function keepHold(socket: Held, control: Control): Promise<void> {
  const state = await socket.keep()
  if (state === 'kept') return
  log(`the control socket was gone, and is ${state}`)
  if (state === 'lost') control.shutDown(DRAIN_MS)
  else await control.inTurn(CHANGES, () => control.save(control.table))
}

/** The table and the tallies as they were left, the traffic as they say, and what has to be done from time to time. */
async function build(folder: string): Promise<Control> {
  const tally = createTally(Date.now, await loadTallies(folder, Date.now()))
  const tallies = tallyKeeper(folder)
  const keepTallies = () => tallies.keep(tally.dump(), false)
  await keepTallies()
  const brownouts = new Brownouts(Date.now)
  const house: House = {
    isGone: ({name}, request) => brownouts.takes(name, tally.saw(name, request)),
  }
  const traffic = new Traffic(house, epochs())
  const shutDown = once(async (limitMs: number) => {
    await traffic.end(limitMs)
    await tallies.keep(tally.dump(), true).catch(error => log(String(error)))
    log('ended')
    process.exit(0)
  })
  process.on('SIGTERM', () => shutDown(DRAIN_MS)).on('SIGINT', () => shutDown(DRAIN_MS))

  const control = {
    traffic,
    tally,
    brownouts,
    table: await loadTable(folder),
    save: saveTable.bind(null, folder),
    keepTallies,
    inTurn: inTurn(),
    shutDown,
  }
  await restore(control, log, RETRY_LISTEN_MS)
  setInterval(() => traffic.sweep(), SWEEP_MS)
  setInterval(() => void keepTallies().catch(error => log(String(error))), KEEP_MS)
  log(`started with ${control.table.services.length} services`)
  return control
}

/** Names that no other pool, and no other process, has had. */
function epochs(): () => string {
  const ours = `${Date.now().toString(36)}.${process.pid}`
  let count = 0
  return () => `${ours}.${++count}`
}

function once(act: (limitMs: number) => Promise<void>): (limitMs: number) => void {
  let hasBegun = false
  return limitMs => {
    if (hasBegun) return
    hasBegun = true
    void act(limitMs)
  }
}
