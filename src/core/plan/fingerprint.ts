import {createHash} from 'node:crypto'
import type {MaybeState, Question, Release, Service, ServiceName, Speech} from '../graph/system.ts'
import type {Step} from './plan.ts'

/**
 * What a plan was made from, in one short text: what runs, and what is said about every state that a step leaves or
 * comes to. A plan whose fingerprint is another today no longer fits. Releases that the plan does not touch are not in
 * it, so a new tag somewhere does not spoil a plan.
 */
export function fingerprintOf(question: Question, steps: readonly Pick<Step, 'service' | 'from' | 'to'>[]): string {
  const touched = new Map<ServiceName, MaybeState[]>()
  for (const [service, state] of question.current) touched.set(service, [state])
  for (const {service, to} of steps) {
    const states = touched.get(service)
    touched.set(service, states ? [...states, to] : [null, to])
  }
  const {system} = question
  const hash = createHash('sha256')
  const contracts = [...system.contracts.values()].map(({name, compatibility}) => [name, compatibility]).sort()
  const apart = system.apart.map(list => [...list].sort()).sort()
  const excuses = question.excuses.map(({client, server, contract}) => [client, server, contract]).sort()
  hash.update(JSON.stringify([system.name, question.environment, contracts, apart, excuses]))
  let words: string[] = []
  for (const name of [...touched.keys()].sort()) {
    addService(words, name, touched.get(name) as MaybeState[], system.services.get(name))
    if (words.length < MANY_WORDS) continue
    hash.update(words.join('\n'))
    words = ['']
  }
  return `sha256:${hash.update(words.join('\n')).digest('hex')}`
}

/** What the hash takes in at once: a large system has half a million words, which nobody has to hold together. */
const MANY_WORDS = 4096

function addService(
  words: string[],
  name: ServiceName,
  states: readonly MaybeState[],
  service: Service | undefined,
): void {
  words.push('', name)
  for (const state of states) words.push(state?.release ?? 'nothing', state?.mode ?? '')
  if (!service) return
  for (const release of service.releases) {
    if (states.some(state => state?.release === release.version)) addRelease(words, release)
  }
  for (const other of inOrder(service.after)) words.push(other)
}

function addRelease(words: string[], release: Release): void {
  const {version, modes, upgradesFrom: from, irreversible} = release
  words.push(version)
  addSpeech(words, release)
  for (const mode of modes) {
    words.push(mode.name, String(mode.irreversible))
    addSpeech(words, mode)
  }
  words.push(String(from?.release), String(from?.mode), String(irreversible))
}

/** What is said, in one order however it was written. Neither names nor ranges hold a line feed, or are `+` or `-`. */
function addSpeech(words: string[], {provides, consumes}: Speech): void {
  for (const contract of inOrder(provides.keys())) words.push('+', contract, ...(provides.get(contract) ?? []))
  for (const contract of inOrder(consumes.keys())) words.push('-', contract, consumes.get(contract) as string)
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
