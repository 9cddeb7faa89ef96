import {randomBytes} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {whoAmI} from '../adapters/holders.ts'
import {shipped} from '../adapters/package.ts'
import {type Access, DEEDS, type Deed, type Visitor} from '../adapters/web/access.ts'
import {channel} from '../adapters/web/channel.ts'
import {type Asked, type Served, serve} from '../adapters/web/serve.ts'
import {failure} from '../core/base/failure.ts'
import {fail, ok, type Result} from '../core/base/result.ts'
import type {Wish} from '../core/rollout/request.ts'
import {livePage} from '../report/page/live-page.ts'
import {askRollout} from './ask.ts'
import {follow} from './view-live.ts'
import {pictured, type Scene, type SceneAsked, sceneOf, shownId} from './view-scene.ts'

/** What `view` is asked. */
export interface ViewAsked extends SceneAsked {
  readonly host: string
  readonly port: number
  /** May anything be done through the page? */
  readonly actions: boolean
  /** Who may do what; all that there is for whoever has the token, where nothing is said. */
  readonly may: ReadonlyMap<string, ReadonlySet<Deed>>
  /** Says who somebody is, where it comes from one of these addresses. */
  readonly proxy?: {readonly header: string; readonly trusted: readonly string[]}
}

/** A page that is served, and the address to open. */
export interface Viewing {
  readonly url: string
  readonly served: Served
}

/** Serves the page of the plan or the rollout until it is ended. */
export async function view(asked: ViewAsked): Promise<Result<Viewing>> {
  const opened = await sceneOf(asked)
  if (!opened.ok) return opened
  const scene = opened.value
  const first = await pictured(scene)
  if (!first.ok) return first
  const site = {
    live: channel((say, signal) => follow(scene, say, signal)),
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

const WISHES: Readonly<Record<Deed, (asked: Asked) => Wish>> = {
  pause: () => ({do: 'pause'}),
  resume: () => ({do: 'resume'}),
  abort: () => ({do: 'abort'}),
  approve: ({step}) => ({do: 'approve', gate: 'all', waive: false, ...(step !== undefined && {step})}),
}

/** Asks as the command does, in the name of whoever is at the page. */
async function carryOver(scene: Scene, visitor: Visitor, wanted: Asked): Promise<Result<string>> {
  const id = await shownId(scene)
  if (!id.ok) return id
  const heard = await askRollout(scene.asked, id.value, WISHES[wanted.deed](wanted), wanted.reason, visitor.name)
  if (!heard.ok) return heard
  if (heard.value.is === 'granted') return ok(`${heard.value.holder.owner.name} has heard it`)
  return ok(`kept; nobody carries the rollout out just now: sluice rollout resume ${id.value}`)
}
