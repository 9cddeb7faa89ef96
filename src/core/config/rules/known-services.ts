import type {ServiceName} from '../facts.ts'
import type {Finding} from '../shape/shape.ts'
import {slipOf} from '../shape/slip.ts'
import type {WrittenFile} from '../written/file.ts'
import type {Path} from '../yaml/places.ts'
import {finding, guesser, type Rule} from './rule.ts'

interface Mention {
  readonly name: ServiceName
  readonly path: Path
  readonly on: 'key' | 'value'
}

/** Whoever is mentioned is a service of the file. */
export const knownServices: Rule = function* (file): Generator<Finding> {
  const hint = guesser(file.services.keys(), 'services')
  for (const {name, path, on} of mentions(file)) {
    if (!file.services.has(name)) yield finding(path, `there is no service ${JSON.stringify(name)}`, hint(name), on)
  }
}

function* mentions(file: WrittenFile): Generator<Mention> {
  for (const [service, {after}] of file.services) {
    for (const [index, name] of (after ?? []).entries())
      yield {name, path: ['services', service, 'after', index], on: 'value'}
  }
  for (const [index, names] of (file.apart ?? []).entries()) {
    if (isElsewhere(names, file)) continue
    for (const [place, name] of names.entries()) yield {name, path: ['apart', index, place], on: 'value'}
  }
  for (const [environment, {current, target, services, excuse}] of file.environments ?? []) {
    const path = ['environments', environment]
    for (const name of current?.keys() ?? []) yield {name, path: [...path, 'current', name], on: 'key'}
    for (const name of target?.keys() ?? []) yield {name, path: [...path, 'target', name], on: 'key'}
    for (const name of services?.keys() ?? []) yield {name, path: [...path, 'services', name], on: 'key'}
    for (const [index, {client, server}] of (excuse ?? []).entries()) {
      yield {name: client, path: [...path, 'excuse', index, 'client'], on: 'value'}
      yield {name: server, path: [...path, 'excuse', index, 'server'], on: 'value'}
    }
  }
}

/** A list in `apart` that names nothing of this file, not even almost, is about services of another one: validate says so. */
export function isElsewhere(
  names: readonly ServiceName[],
  {services}: {readonly services: ReadonlyMap<ServiceName, unknown>},
): boolean {
  return names.every(name => !services.has(name) && slipOf(name, services.keys()) === undefined)
}
