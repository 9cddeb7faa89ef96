import {readFile} from 'node:fs/promises'
import {randomBytes} from 'node:crypto'
import {clock} from '../adapters/clock.ts'
import {holders, whoAmI} from '../adapters/holders.ts'
import {shipped} from '../adapters/package.ts'
import {type Access, DEEDS, type Deed, type Visitor} from '../adapters/web/access.ts'
import {channel} from '../adapters/web/channel.ts'
import {type Asked, type Served, serve} from '../adapters/web/serve.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Instant, Percent} from '../core/base/units.ts'
import {type Talk, talksOf} from '../core/plan/talks.ts'
import type {ServiceName} from '../core/graph/system.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import {liveStepsOf} from '../core/rollout/live.ts'
import type {Wish} from '../core/rollout/request.ts'
import {hasEnded, stateOf} from '../core/rollout/rollout-state.ts'
import {shown} from '../core/rollout/show.ts'
import {holderOf} from '../engine/ask.ts'
import {readStatus} from '../engine/status.ts'
import type {Rollout, State} from '../ports/state.ts'
import {eventLine} from '../report/rollout/line.ts'
import {PLAIN} from '../report/look.ts'
import {livePage} from '../report/page/live-page.ts'
import {type LiveDocument, liveDocument} from '../report/page/live-document.ts'
import {askRollout} from './ask.ts'
import {answer, gated} from './plan.ts'
import {pose, type Posed} from './question.ts'
import {withRecord} from './record.ts'
import type {WhereIn} from './rollouts.ts'
import {type LoadedSystem, loadSystem} from './system.ts'
import {type Drivers, openDrivers} from './world.ts'

/** What `view` is asked. */
export interface ViewAsked extends WhereIn {
  /** A rollout; without it the newest one that is under way, and where there is none, the plan as it would be now. */
  readonly rollout?: string
  readonly host: string
  readonly port: number
  /** May anything be done through the page? */
  readonly actions: boolean
  /** Who may do what; all that there is for whoever has the token, where nothing is said. */
  readonly may: ReadonlyMap<string, ReadonlySet<Deed>>
  /** Says who somebody is, where it comes from one of these addresses. */
  readonly proxy?: {readonly header: string; readonly trusted: readonly string[]}
  readonly timeLimitMs: number
}

/** A page that is served, and the address to open. */
export interface Viewing {
  readonly url: string
  readonly served: Served
}

/** How often the record is read, and for how long requests are counted for a measured share. */
const LOOK_MS = 500
const SAMPLE_MS = 1000
/** How many of the latest lines of the journal are shown. */
const LINES = 12

/** Serves the page of the plan or the rollout until it is ended. */
export async function view(asked: ViewAsked): Promise<Result<Viewing>> {
  const loaded = await loadSystem(asked)
  if (!loaded.ok) return loaded
  const posed = await pose(loaded.value, {env: asked.env})
  if (!posed.ok) return posed
  const scene: Scene = {asked, loaded: loaded.value, posed: posed.value, followed: undefined}
  const first = await pictured(scene)
  if (!first.ok) return first
  const live = channel<string>((say, signal) => follow(scene, say, signal))
  const site = {
    live,
    page: (visitor: Visitor) => pageFor(scene, visitor),
    act: (visitor: Visitor, wanted: Asked) => carryOver(scene, visitor, wanted),
  }
  const token = randomBytes(24).toString('base64url')
  try {
    const served = await serve(site, accessOf(asked, token), asked.host, asked.port)
    return ok({served, url: addressOf(served, asked.proxy ? undefined : token)})
  } catch (error) {
    const message = `cannot listen on ${asked.host}:${asked.port}: ${error instanceof Error ? error.message : String(error)}`
    return fail(failure('usage', {message, hint: 'choose another address with --listen'}))
  }
}

/** What the page is about, and from where. */
interface Scene {
  readonly asked: ViewAsked
  readonly loaded: LoadedSystem
  readonly posed: Posed
  /** The rollout that was last seen under way: it is shown on after its end, until another one begins. */
  followed: string | undefined
}

function accessOf({proxy, actions, may}: ViewAsked, token: string): Access {
  const everything: ReadonlyMap<string, ReadonlySet<Deed>> = new Map([['*', new Set(DEEDS)]])
  const granted = may.size === 0 && !proxy ? everything : may
  return {
    by: proxy ? {is: 'proxy', ...proxy} : {is: 'token', token, user: whoAmI().name},
    may: actions ? granted : new Map(),
  }
}

function addressOf({host, port}: Served, token: string | undefined): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}/${token === undefined ? '' : `?token=${token}`}`
}

/** The plan to draw, and the rollout that carries it out, where one does. */
interface Pictured {
  readonly plan: Plan | NoPlan
  readonly rollout?: Rollout
  readonly talks: readonly Talk[]
}

async function pictured(scene: Scene): Promise<Result<Pictured>> {
  const {asked, loaded, posed} = scene
  const {question} = posed
  const found = await withRecord(loaded.config, state => rolloutOf(scene, state))
  if (!found.ok) return found
  const plan = found.value?.plan ?? gated(answer(question, asked.timeLimitMs), posed)
  const talks = plan.steps === null ? [] : talksOf(question.system, plan, question.current)
  return ok({plan, talks, ...(found.value && {rollout: found.value})})
}

async function rolloutOf(scene: Scene, state: State): Promise<Result<Rollout | undefined>> {
  const {name} = scene.posed.environment
  if (scene.asked.rollout !== undefined) return state.load(name, scene.asked.rollout)
  const newest = await state.list(name, 1)
  if (!newest.ok) return newest
  const [rollout] = newest.value
  if (rollout && !hasEnded(stateOf(rollout.plan, rollout.entries))) scene.followed = rollout.id
  if (rollout?.id === scene.followed) return ok(rollout)
  return scene.followed === undefined ? ok(undefined) : state.load(name, scene.followed)
}

async function pageFor(scene: Scene, visitor: Visitor): Promise<string> {
  const found = await pictured(scene)
  if (!found.ok) return livePage({plan: undefined, why: found.failure.message}, await parts())
  const {plan, talks, rollout} = found.value
  return livePage({plan, talks, may: [...visitor.may], user: visitor.name, rollout: rollout?.id}, await parts())
}

async function parts() {
  const read = (file: string) => readFile(shipped('templates', 'page', file), 'utf8')
  const [style, plan, live] = await Promise.all(['page.css', 'page.js', 'live.js'].map(read))
  return {style: style ?? '', script: `${plan}\n${live}`}
}

/** Reads the record over and over, and counts requests of what moves, until nobody listens any more. */
async function follow(scene: Scene, say: (text: string) => void, signal: AbortSignal): Promise<void> {
  const {config} = scene.loaded
  const drivers = await openDrivers(config, scene.posed.environment)
  await withRecord(config, async state => {
    const measured = measuring(scene, drivers.ok ? drivers.value : undefined, state)
    let before = ''
    while (!signal.aborted) {
      const document = await looked(scene, state, measured)
      const text = JSON.stringify(document)
      if (text !== before) say(text)
      before = text
      await clock.sleep(LOOK_MS, signal)
    }
  })
}

async function looked(scene: Scene, state: State, measured: Measuring): Promise<LiveDocument> {
  const {environment} = scene.posed
  const found = await rolloutOf(scene, state)
  if (!found.ok) return {is: 'unknown', why: found.failure.message}
  const rollout = found.value
  if (!rollout) return {is: 'idle'}
  const holder = await holderOf({state, holders}, environment.name, rollout.id)
  const document = shown(rollout, holder.ok ? holder.value : undefined)
  const now = clock.now()
  const steps = liveStepsOf(rollout.plan, rollout.entries, environment.services, now)
  const shares = measured(
    steps.filter(({is}) => is === 'holding' || is === 'acting').map(({service}) => service),
    now,
  )
  const said = rollout.entries.flatMap(({at, record}) => {
    const line = eventLine({at, rollout: rollout.id, ...record}, PLAIN)
    return line === undefined ? [] : [{at: new Date(at).toISOString(), text: line}]
  })
  return liveDocument(document, steps, shares, said.slice(-LINES))
}

/** Shares that the balancer's counters amount to, by service, as far as they are known by now. */
type Measuring = (services: readonly ServiceName[], now: Instant) => ReadonlyMap<ServiceName, Percent>

/** Counting takes a while, so it goes on beside, and the last answer is taken. */
function measuring({posed}: Scene, drivers: Drivers | undefined, state: State): Measuring {
  let known: ReadonlyMap<ServiceName, Percent> = new Map()
  let isBusy = false
  const count = async (names: readonly ServiceName[]) => {
    if (!drivers) return
    const {environment, question} = posed
    const services = new Map([...environment.services].filter(([name]) => names.includes(name)))
    const status = await readStatus({...drivers, state, clock, services}, environment.name, question.current, SAMPLE_MS)
    if (!status.ok) return
    const shares = status.value.services.flatMap(({service, pools}) => {
      const next = pools.find(({name}) => name === 'next')?.share.measured
      return next === undefined || next === null ? [] : [[service, next] as const]
    })
    known = new Map(shares)
  }
  return names => {
    if (!isBusy && names.length > 0) {
      isBusy = true
      void count(names).finally(() => {
        isBusy = false
      })
    }
    return known
  }
}

const WISHES: Readonly<Record<Deed, (asked: Asked) => Wish>> = {
  pause: () => ({do: 'pause'}),
  resume: () => ({do: 'resume'}),
  abort: () => ({do: 'abort'}),
  approve: ({step}) => ({do: 'approve', gate: 'all', waive: false, ...(step !== undefined && {step})}),
}

/** Asks as the command does, in the name of whoever is at the page. */
async function carryOver(scene: Scene, visitor: Visitor, wanted: Asked): Promise<Result<string>> {
  const {asked, loaded} = scene
  const found = await withRecord(loaded.config, state => rolloutOf(scene, state))
  if (!found.ok) return found
  if (!found.value) return fail(failure('not-found', {message: 'no rollout is under way'}))
  const {id} = found.value
  const heard = await askRollout(asked, id, WISHES[wanted.deed](wanted), wanted.reason, visitor.name)
  if (!heard.ok) return heard
  if (heard.value.is === 'granted') return ok(`${heard.value.holder.owner.name} has heard it`)
  return ok(`kept; nobody carries the rollout out just now: sluice rollout resume ${id}`)
}
