import {createHash} from 'node:crypto'
import type {MaybeState, Mode, Question, Release, Service, ServiceName, Speech} from '../graph/system.ts'
import type {Step} from './plan.ts'

/**
 * What a plan was made from, in one short text: what runs, and what is said about every state that a step leaves or
 * comes to. A plan whose fingerprint is another today no longer fits. Releases that the plan does not touch are not in
 * it, so a new tag somewhere does not spoil a plan.
 */
export function fingerprintOf(question: Question, steps: readonly Pick<Step, 'service' | 'from' | 'to'>[]): string {
  const touched = new Map<ServiceName, MaybeState[]>()
  question.current.forEach((state, service) => touched.set(service, [state]))
  for (let place = 0; place < steps.length; place++) {
    const {service, to} = steps[place] as (typeof steps)[number]
    const states = touched.get(service)
    if (states) states.push(to)
    else touched.set(service, [null, to])
  }
  const {system} = question
  const hash = createHash('sha256')
  const contracts = [...system.contracts.values()].map(({name, compatibility}) => [name, compatibility]).sort()
  const apart = system.apart.map(list => [...list].sort()).sort()
  const excuses = question.excuses.map(({client, server, contract}) => [client, server, contract]).sort()
  hash.update(JSON.stringify([system.name, question.environment, contracts, apart, excuses]))
  const words = inBlocks(block => hash.update(block))
  for (const name of [...touched.keys()].sort())
    addService(words.add, name, touched.get(name) as MaybeState[], system.services.get(name))
  words.end()
  return `sha256:${hash.digest('hex')}`
}

/** Takes words in, each on a line of its own. */
interface Words {
  readonly add: Add
  readonly end: () => void
}

type Add = (word: string) => void

/** A large system has half a million words, which nobody has to hold together. */
function inBlocks(write: (block: string) => void): Words {
  const sheet = new Array<string>(MANY_WORDS)
  let count = 0
  return {
    add: word => {
      if (count === MANY_WORDS) {
        write(sheet.join('\n'))
        sheet[0] = ''
        count = 1
      }
      sheet[count++] = word
    },
    end: () => write(sheet.slice(0, count).join('\n')),
  }
}

/** What is written at once. */
const MANY_WORDS = 4096

function addService(add: Add, name: ServiceName, states: readonly MaybeState[], service: Service | undefined): void {
  add('')
  add(name)
  for (let each = 0; each < states.length; each++) {
    const state = states[each]
    add(state?.release ?? 'nothing')
    add(state?.mode ?? '')
  }
  if (!service) return
  const {releases, after} = service
  for (let each = 0; each < releases.length; each++) {
    const release = releases[each] as Release
    if (touches(states, release.version)) addRelease(add, release)
  }
  for (const other of inOrder(after)) add(other)
}

function touches(states: readonly MaybeState[], version: string): boolean {
  for (let each = 0; each < states.length; each++) if (states[each]?.release === version) return true
  return false
}

function addRelease(add: Add, release: Release): void {
  const {version, modes, upgradesFrom: from, irreversible} = release
  add(version)
  addSpeech(add, release)
  for (let each = 0; each < modes.length; each++) {
    const mode = modes[each] as Mode
    add(mode.name)
    add(String(mode.irreversible))
    addSpeech(add, mode)
  }
  add(String(from?.release))
  add(String(from?.mode))
  add(String(irreversible))
}

/** What is said, in one order however it was written. Neither names nor ranges hold a line feed, or are `+` or `-`. */
function addSpeech(add: Add, {provides, consumes}: Speech): void {
  const served = inOrder(provides.keys())
  for (let each = 0; each < served.length; each++) {
    const contract = served[each] as string
    const versions = provides.get(contract) as readonly string[]
    add('+')
    add(contract)
    for (let version = 0; version < versions.length; version++) add(versions[version] as string)
  }
  const called = inOrder(consumes.keys())
  for (let each = 0; each < called.length; each++) {
    const contract = called[each] as string
    add('-')
    add(contract)
    add(consumes.get(contract) as string)
  }
}

/** Names by code unit, put where they belong one by one: there are a handful of them, twenty thousand times. */
function inOrder(some: Iterable<string>): readonly string[] {
  const names = [...some]
  if (names.length > A_HANDFUL) return names.sort()
  for (let end = 1; end < names.length; end++) {
    const name = names[end] as string
    let place = end
    for (; place > 0 && (names[place - 1] as string) > name; place--) names[place] = names[place - 1] as string
    names[place] = name
  }
  return names
}

const A_HANDFUL = 16
