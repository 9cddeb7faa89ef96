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
  for (const {service, to} of steps) touched.set(service, [...(touched.get(service) ?? [null]), to])
  const {system} = question
  const hash = createHash('sha256')
  const contracts = [...system.contracts.values()].map(({name, compatibility}) => [name, compatibility]).sort()
  const apart = system.apart.map(list => [...list].sort(byText)).sort()
  const excuses = question.excuses.map(({client, server, contract}) => [client, server, contract]).sort()
  hash.update(JSON.stringify([system.name, question.environment, contracts, apart, excuses]))
  for (const name of [...touched.keys()].sort(byText)) {
    hash.update(serviceText(name, touched.get(name) ?? [], system.services.get(name)))
  }
  return `sha256:${hash.digest('hex')}`
}

function serviceText(name: ServiceName, states: readonly MaybeState[], service: Service | undefined): string {
  const facts = service?.releases.filter(({version}) => states.some(state => state?.release === version)).map(factsOf)
  return [`\n\n${name}`, ...states.map(stateText), ...(facts ?? []), ...[...(service?.after ?? [])].sort(byText)].join(
    '\n',
  )
}

function factsOf({version, modes, upgradesFrom: from, irreversible, ...speech}: Release): string {
  const ways = modes.map(mode => `${mode.name} ${mode.irreversible} ${wordsOf(mode)}`)
  return [version, wordsOf(speech), ...ways, from?.release, from?.mode, irreversible].join('\n')
}

/** What is said, in one order however it was written. */
function wordsOf({provides, consumes}: Speech): string {
  const words: string[] = []
  for (const [contract, texts] of provides) words.push(`+ ${contract} ${texts.join(' , ')}`)
  for (const [contract, range] of consumes) words.push(`- ${contract} ${range}`)
  return words.sort().join('\n')
}
