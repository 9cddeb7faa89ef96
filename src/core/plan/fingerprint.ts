import {createHash} from 'node:crypto'
import {byText} from '../base/order.ts'
import type {ContractName, MaybeState, Question, Release, Service, ServiceName, Speech} from '../graph/system.ts'
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
  for (const state of states) words.push(state?.release ?? 'nothing', state?.mode ?? '')
  for (const release of service?.releases ?? []) {
    if (states.some(state => state?.release === release.version)) addRelease(words, release)
  }
  words.push(...[...(service?.after ?? [])].sort(byText))
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
  for (const contract of namesIn(provides)) words.push('+', contract, ...(provides.get(contract) ?? []))
  for (const contract of namesIn(consumes)) words.push('-', contract, consumes.get(contract) ?? '')
}

function namesIn(said: ReadonlyMap<ContractName, unknown>): readonly ContractName[] {
  const names: ContractName[] = []
  said.forEach((_, contract) => names.push(contract))
  return names.length < 2 ? names : names.sort(byText)
}
