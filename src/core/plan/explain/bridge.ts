import SemVer from 'semver/classes/semver.js'
import {byText} from '../../base/order.ts'
import {speechOf} from '../../graph/states.ts'
import type {ContractName, MaybeState, Question, Release, Service, ServiceName, Speech} from '../../graph/system.ts'
import {majorsOf} from '../../graph/versions.ts'

/** A release that does not exist yet, and how it would be asked for. */
export interface Bridge {
  readonly service: ServiceName
  readonly release: Release
  readonly text: string
}

/**
 * The release between what runs of a service and what should run that would help most: it provides what both provide,
 * is content with what either calls, and can be reached from the one and left for the other. Undefined for a service
 * that comes or goes.
 */
export function bridgeOf(question: Question, name: ServiceName): Bridge | undefined {
  const service = question.system.services.get(name)
  const [from, to] = [question.current.get(name) ?? null, question.target.get(name) ?? null]
  if (!service || !from || !to || from.release === to.release) return undefined
  const speech = both(speechOf(service, from), speechOf(service, to))
  const release = {version: between(service), ...speech, modes: [], irreversible: false}
  return {service: name, release, text: `a release of ${name} that ${wordsOf(question, service, from, to, speech)}`}
}

/** The question as it would be if these releases existed. */
export function withBridges(question: Question, bridges: readonly Bridge[]): Question {
  const services = new Map(question.system.services)
  for (const {service: name, release} of bridges) {
    const service = services.get(name) as Service
    const releases = [...service.releases.map(each => alsoFrom(each, release.version)), release]
    services.set(name, {...service, releases: releases.sort((a, b) => new SemVer(a.version).compare(b.version))})
  }
  return {...question, system: {...question.system, services}}
}

/** A release that asks for a mode is left as it is: a bridge has none. */
function alsoFrom(release: Release, version: string): Release {
  const from = release.upgradesFrom
  return from && from.mode === undefined
    ? {...release, upgradesFrom: {release: `${from.release} || ${version}`}}
    : release
}

function both(from: Speech, to: Speech): Speech {
  const provides = new Map(from.provides)
  for (const [contract, texts] of to.provides) {
    provides.set(contract, [...new Set([...(provides.get(contract) ?? []), ...texts])])
  }
  const consumes = new Map<ContractName, string>()
  for (const [contract, range] of from.consumes) {
    const later = to.consumes.get(contract)
    if (later !== undefined) consumes.set(contract, later === range ? range : `${range} || ${later}`)
  }
  return {provides, consumes}
}

/** A version above all others: no irreversible release bars the way to it. */
export function between(service: Service): string {
  const versions = service.releases.map(release => new SemVer(release.version))
  const highest = versions.reduce((most, each) => (each.compare(most) > 0 ? each : most))
  return `${highest.major + 1}.0.0`
}

/** What it has to speak, as far as the two ends differ on it. */
function wordsOf(question: Question, service: Service, from: MaybeState, to: MaybeState, speech: Speech): string {
  const [old, next] = [from && speechOf(service, from), to && speechOf(service, to)]
  const provided = [...speech.provides].flatMap(([contract, texts]) => {
    const lists = [old, next].map(each => (each?.provides.get(contract) ?? []).join())
    return lists[0] === lists[1] ? [] : [`${contract} ${versionsText(texts)}`]
  })
  const called = [...speech.consumes].flatMap(([contract, range]) => {
    const ranges = [old, next].map(each => each?.consumes.get(contract))
    return ranges[0] === ranges[1] ? [] : [`${contract} ${range.split(' || ').join(' and ')}`]
  })
  const words = [
    ...(provided.length > 0 ? [`provides ${provided.sort(byText).join(' and ')}`] : []),
    ...(called.length > 0 ? [`works with ${called.sort(byText).join(' and ')}`] : []),
  ]
  const stop = question.target.get(service.name)?.release
  return words.length > 0 ? words.join(' and ') : `is reached from ${from?.release} and leads to ${stop}`
}

/** `1.x and 2.x`; where all lie in one major, the versions themselves. */
export function versionsText(texts: readonly string[]): string {
  const majors = majorsOf(texts)
  return majors.length > 1 ? majors.map(major => `${major}.x`).join(' and ') : texts.join(' and ')
}
