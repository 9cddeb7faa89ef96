import {asList, asMap, asText, type Unsure} from '../config/draft/unsure.ts'
import type {ApiDocument} from './document.ts'

/** One call that an API answers. */
export interface Operation {
  /** As `GET /accounts/{id}`. */
  readonly name: string
  readonly deprecated: boolean
  /** Descriptions and the like: what no program reads. */
  readonly prose: string
  /** By where it is given and its name; in a path, by its place. */
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly body: Body | undefined
  /** By status. */
  readonly responses: ReadonlyMap<string, Content>
  /** Names of the schemes that a call must satisfy, one of these. */
  readonly security: ReadonlySet<string>
}

export interface Parameter {
  readonly required: boolean
  readonly schema: unknown
}

/** Schemas by media type. */
export type Content = ReadonlyMap<string, unknown>

export interface Body {
  readonly required: boolean
  readonly content: Content
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Every operation by method and path, whatever the path calls its parameters. */
export function operationsOf(document: ApiDocument): ReadonlyMap<string, Operation> {
  const found = new Map<string, Operation>()
  for (const [path, item] of asMap(document.root.get('paths'))) {
    const shared = document.follow(item)
    for (const method of METHODS) {
      if (!shared.has(method)) continue
      const key = `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`
      found.set(
        key,
        operationOf(document, `${method.toUpperCase()} ${path}`, path, shared, document.follow(shared.get(method))),
      )
    }
  }
  return found
}

function operationOf(document: ApiDocument, name: string, path: string, shared: Unsure, own: Unsure): Operation {
  const parameters = [...asList(shared.get('parameters')), ...asList(own.get('parameters'))].map(one =>
    document.follow(one),
  )
  const body = own.has('requestBody') ? document.follow(own.get('requestBody')) : undefined
  const security = own.has('security') ? own.get('security') : document.root.get('security')
  return {
    name,
    deprecated: own.get('deprecated') === true,
    prose: ['summary', 'description'].map(key => asText(own.get(key)) ?? '').join('\n'),
    parameters: new Map(
      parameters.map(one => [placeOf(one, path), {required: one.get('required') === true, schema: one.get('schema')}]),
    ),
    body: body && {required: body.get('required') === true, content: contentOf(body)},
    responses: new Map(
      [...asMap(own.get('responses'))].map(([status, answer]) => [status, contentOf(document.follow(answer))]),
    ),
    security: new Set(asList(security).flatMap(one => [...asMap(one).keys()].sort().join('+'))),
  }
}

function placeOf(parameter: Unsure, path: string): string {
  const name = asText(parameter.get('name')) ?? ''
  const where = asText(parameter.get('in')) ?? ''
  if (where !== 'path') return `${where} ${where === 'header' ? name.toLowerCase() : name}`
  return `path ${[...path.matchAll(/\{([^}]*)\}/g)].findIndex(([, found]) => found === name) + 1}`
}

function contentOf(of: Unsure): Content {
  return new Map([...asMap(of.get('content'))].map(([type, media]) => [type.toLowerCase(), asMap(media).get('schema')]))
}
