import {type Change, change, isMore, type RuleId} from './change.ts'
import type {ApiDocument} from './document.ts'
import {lost} from './lost.ts'
import {type Body, type Content, type Operation, operationsOf, type Parameter} from './operations.ts'
import {type Refusal, refusals} from './refusals.ts'

/** Two descriptions of one API. */
export interface Versions {
  readonly before: ApiDocument
  readonly after: ApiDocument
}

/**
 * What a caller of `before` meets at `after`.
 * @param takes which paths belong to what is compared; all of them without it
 */
export function apiDiff(versions: Versions, takes: (path: string) => boolean = () => true): readonly Change[] {
  const [before, after] = [versions.before, versions.after].map(document => operationsOf(document))
  if (!before || !after) return []
  const belongs = ({name}: Operation) => takes(name.slice(name.indexOf(' ') + 1))
  const gone = [...before]
    .filter(([key, one]) => !after.has(key) && belongs(one))
    .map(([, {name}]) => change('operation-removed', name))
  const fresh = [...after]
    .filter(([key, one]) => !before.has(key) && belongs(one))
    .map(([, {name}]) => change('operation-added', name))
  const same = [...before].flatMap(([key, one]) => {
    const other = after.get(key)
    return other && belongs(one) ? operationDiff(versions, one, other) : []
  })
  return [...gone, ...fresh, ...same]
}

function operationDiff(versions: Versions, before: Operation, after: Operation): readonly Change[] {
  const at = after.name
  return [
    ...(after.deprecated && !before.deprecated ? [change('operation-deprecated', at)] : []),
    ...(before.prose === after.prose ? [] : [change('described', at)]),
    ...parametersDiff(versions, before, after),
    ...bodyDiff(versions, at, before.body, after.body),
    ...responsesDiff(versions, at, before.responses, after.responses),
    ...securityDiff(at, before.security, after.security),
  ]
}

function parametersDiff(versions: Versions, before: Operation, after: Operation): readonly Change[] {
  const places = new Set([...before.parameters.keys(), ...after.parameters.keys()])
  return [...places].flatMap(place => {
    const [a, b] = [before.parameters.get(place), after.parameters.get(place)]
    return parameterDiff(versions, `${after.name}: ${place} parameter`, a, b)
  })
}

function parameterDiff(
  versions: Versions,
  at: string,
  a: Parameter | undefined,
  b: Parameter | undefined,
): readonly Change[] {
  if (!b) return [change('parameter-removed', at)]
  if (!a) return [change(b.required ? 'parameter-added-required' : 'parameter-added', at)]
  const required =
    a.required === b.required
      ? []
      : [change(b.required ? 'parameter-became-required' : 'parameter-became-optional', at)]
  return [...required, ...requestDiff(versions, at, a.schema, b.schema)]
}

function bodyDiff(versions: Versions, name: string, a: Body | undefined, b: Body | undefined): readonly Change[] {
  const at = `${name}: body`
  if (!a && !b) return []
  if (!b) return [change('body-removed', at)]
  if (!a) return [change(b.required ? 'body-became-required' : 'body-added', at)]
  const required =
    a.required === b.required ? [] : [change(b.required ? 'body-became-required' : 'body-became-optional', at)]
  return [...required, ...contentDiff(at, a.content, b.content, (place, x, y) => requestDiff(versions, place, x, y))]
}

function responsesDiff(
  versions: Versions,
  name: string,
  a: Operation['responses'],
  b: Operation['responses'],
): readonly Change[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap(status => {
    const at = `${name}: response ${status}`
    const [x, y] = [a.get(status), b.get(status)]
    // A caller that got an error before is not worse off without it.
    if (!y) return [status.startsWith('2') ? change('response-removed', at) : change('response-narrowed', at)]
    return x
      ? contentDiff(at, x, y, (place, one, other) => responseDiff(versions, place, one, other))
      : [change('response-added', at)]
  })
}

function contentDiff(
  at: string,
  a: Content,
  b: Content,
  compare: (at: string, x: unknown, y: unknown) => readonly Change[],
): readonly Change[] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap(type => {
    if (!b.has(type)) return [change('media-type-removed', `${at} ${type}`)]
    return a.has(type) ? compare(at, a.get(type), b.get(type)) : [change('media-type-added', `${at} ${type}`)]
  })
}

function securityDiff(at: string, a: ReadonlySet<string>, b: ReadonlySet<string>): readonly Change[] {
  const isOpen = (set: ReadonlySet<string>) => set.size === 0 || set.has('')
  const lost = !isOpen(b) && (isOpen(a) || [...a].some(scheme => !b.has(scheme)))
  const won = !isOpen(a) && (isOpen(b) || [...b].some(scheme => !a.has(scheme)))
  return [...(lost ? [change('security-added', at)] : []), ...(won && !lost ? [change('security-removed', at)] : [])]
}

/** The new side must take all that callers of the old one send. */
function requestDiff(versions: Versions, at: string, a: unknown, b: unknown): readonly Change[] {
  const {old, fresh, moved} = sidesOf(versions, a, b)
  return toldOnce(at, [
    ...told(refusals(old, fresh), 'request-narrowed'),
    ...moved,
    ...told(refusals(fresh, old), 'request-widened'),
  ])
}

/** Callers of the old side must understand all that the new one answers. */
function responseDiff(versions: Versions, at: string, a: unknown, b: unknown): readonly Change[] {
  const {old, fresh, moved} = sidesOf(versions, a, b)
  return toldOnce(at, [
    ...moved,
    ...told(refusals(fresh, old), 'response-widened'),
    ...told(refusals(old, fresh), 'response-narrowed'),
  ])
}

/** What is to be said of one place in a value. */
interface Told {
  readonly path: string
  readonly rule: RuleId
  readonly text?: string
}

function sidesOf({before, after}: Versions, a: unknown, b: unknown) {
  const [old, fresh] = [
    {document: before, schema: a},
    {document: after, schema: b},
  ]
  const gone = lost(old, fresh).map((path): Told => ({path, rule: 'property-removed'}))
  const added = lost(fresh, old).map((path): Told => ({path, rule: 'property-added'}))
  return {old, fresh, moved: [...gone, ...added]}
}

function told(found: readonly Refusal[], rule: RuleId): readonly Told[] {
  return found.map(({path, text, unclear}) => ({path, text, rule: unclear ? 'schema-unclear' : rule}))
}

/** Of each place, the gravest of what is to be said. */
function toldOnce(at: string, all: readonly Told[]): readonly Change[] {
  const found = new Map<string, Change>()
  for (const {path, rule, text} of all) {
    const one = change(rule, path === '' ? at : `${at}, ${path}`, text)
    const known = found.get(path)
    if (!known || isMore(one.bump, known.bump)) found.set(path, one)
  }
  return [...found.values()]
}
