import {createHash} from 'node:crypto'
import {byText} from '../base/order.ts'
import {stateText} from '../graph/states.ts'
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
    if (states) states.push(to)
    else touched.set(service, [null, to])
  }
  const {system} = question
  const hash = createHash('sha256')
  const contracts = [...system.contracts.values()].map(({name, compatibility}) => [name, compatibility]).sort()
  const apart = system.apart.map(list => [...list].sort(byText)).sort()
  const excuses = question.excuses.map(({client, server, contract}) => [client, server, contract]).sort()
  hash.update(JSON.stringify([system.name, question.environment, contracts, apart, excuses]))
  const words: string[] = []
  for (const name of [...touched.keys()].sort(byText)) {
    addService(words, name, touched.get(name) ?? [], system.services.get(name))
  }
  return `sha256:${hash.update(words.join('\n')).digest('hex')}`
}

function addService(
  words: string[],
  name: ServiceName,
  states: readonly MaybeState[],
  service: Service | undefined,
): void {
  words.push('', name)
  for (const state of states) words.push(stateText(state))
  for (const release of service?.releases ?? []) {
    if (states.some(state => state?.release === release.version)) addRelease(words, release)
  }
  words.push(...inOrder([...(service?.after ?? [])]))
}

function addRelease(words: string[], release: Release): void {
  const {version, modes, upgradesFrom: from, irreversible} = release
  words.push(version)
  addSpeech(words, release)
  for (const mode of modes) {
    words.push(`${mode.name} ${mode.irreversible}`)
    addSpeech(words, mode)
  }
  words.push(`${from?.release} ${from?.mode} ${irreversible}`)
}

/** What is said, in one order however it was written. */
function addSpeech(words: string[], {provides, consumes}: Speech): void {
  const said: string[] = []
  provides.forEach((texts, contract) => said.push(`+ ${contract} ${texts.join(' , ')}`))
  consumes.forEach((range, contract) => said.push(`- ${contract} ${range}`))
  words.push(...inOrder(said))
}

/** Code unit by code unit, as everywhere. */
function inOrder(words: string[]): readonly string[] {
  return words.length < 2 ? words : words.sort(byText)
}
