import {type Held, hold} from './control/hold.ts'
import {serveControl} from './control/serve.ts'
import {type Verbs, createVerbs} from './control/verbs.ts'
import {PROTOCOL} from './control/protocol.ts'
import {createTally} from './counts/tally.ts'
import {loadTallies, tallyKeeper} from './counts/tally-file.ts'
import {createLog} from './log.ts'
import {loadTable, saveTable} from './table/store.ts'
import {inTurn} from '../../in-turn.ts'
import type {Handle} from './standby/handle.ts'
import {Keeper} from './standby/keeper.ts'
import type {Legacy} from './standby/wait.ts'
import {Brownouts} from './traffic/brownouts.ts'
import type {House} from './traffic/listener.ts'
import {Traffic} from './traffic/traffic.ts'
import {CHANGES, type Control, restore} from './control/control.ts'

const SWEEP_MS = 1_000
const KEEP_MS = 5_000
const RETRY_LISTEN_MS = 500
/** How long requests may take to end after SIGTERM. */
const DRAIN_MS = 10_000

type Log = (line: string) => void

/** Where a balancer works, and with what it begins. */
export interface Beginning {
  readonly folder: string
  /** The folder of the system. */
  readonly root: string
  /** What a balancer before it left open. */
  readonly left: Legacy
}

/** Is the balancer of the folder until the process ends; ends it at once where somebody else is, or where it cannot start. */
export async function balance(beginning: Beginning): Promise<void> {
  const log = createLog(beginning.folder)
  // A request that goes wrong must not take the others with it; what is not understood is at least written down.
  process.on('uncaughtException', error => log(`uncaught: ${error.stack ?? String(error)}`))
  process.on('unhandledRejection', error => log(`unhandled: ${error instanceof Error ? error.stack : String(error)}`))
  await start(beginning, log).catch((error: unknown) => {
    log(`cannot start: ${error instanceof Error ? error.message : String(error)}`)
    process.exit(1)
  })
}

async function start(beginning: Beginning, log: Log): Promise<void> {
  const {folder, root, left} = beginning
  if (left.from !== undefined) log(`takes over from ${left.from}, which is dead, with ${left.sockets.size} sockets`)
  let giveVerbs: (verbs: Verbs) => void = () => undefined
  const ready = new Promise<Verbs>(resolve => {
    giveVerbs = resolve
  })
  const held = await hold(folder, root, connection => serveControl(connection, ready, log), left.control)
  if (!held) process.exit(0)
  const keeper = new Keeper(folder, root, log)
  keeper.control(held.socket.path, held.socket.server)
  const control = await build(beginning, keeper, log)
  giveVerbs(createVerbs(control, () => ({pid: process.pid, protocol: PROTOCOL, ...standbyOf(keeper)})))
  setInterval(() => void keepHold(held, control, keeper, log), KEEP_MS)
}

function standbyOf({pid}: Keeper): {readonly standby?: number} {
  return pid === undefined ? {} : {standby: pid}
}

async function keepHold(held: Held, control: Control, keeper: Keeper, log: Log): Promise<void> {
  const state = await held.keep()
  if (state === 'kept') return keeper.look()
  log(`the control socket was gone, and is ${state}`)
  if (state === 'lost') return control.shutDown(DRAIN_MS)
  keeper.control(held.socket.path, held.socket.server)
  await control.inTurn(CHANGES, () => control.save(control.table))
}

/** The table and the tallies as they were left, the traffic as they say, and what has to be done from time to time. */
async function build({folder, left}: Beginning, keeper: Keeper, log: Log): Promise<Control> {
  const tally = createTally(Date.now, await loadTallies(folder, Date.now()))
  const tallies = tallyKeeper(folder)
  const keepTallies = () => tallies.keep(tally.dump(), false)
  // After a proper end it has to be on disk that calls are counted again. A standby never follows one, and has no time.
  if (left.from === undefined) await keepTallies()
  const brownouts = new Brownouts(Date.now)
  const house: House = {
    isGone: ({name}, request) => brownouts.takes(name, tally.saw(name, request)),
  }
  const traffic = new Traffic(house, epochs(), {
    inherit: address => inherited(left, address),
    hold: (address, server) => keeper.hold(address, server),
    release: address => keeper.release(address),
  })
  const shutDown = once(async (limitMs: number) => {
    await keeper.end()
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
  // Of a service that went in the very moment.
  for (const address of left.sockets.keys()) inherited(left, address)?.close()
  setInterval(() => traffic.sweep(), SWEEP_MS)
  setInterval(() => void keepTallies().catch(error => log(String(error))), KEEP_MS)
  log(`started with ${control.table.services.length} services`)
  return control
}

function inherited({sockets}: Legacy, address: string): Handle | undefined {
  const handle = sockets.get(address)
  sockets.delete(address)
  return handle
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
