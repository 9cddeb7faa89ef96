import {parse} from 'yaml'
import {failure} from '../base/failure.ts'
import {fail, ok, type Result} from '../base/result.ts'
import type {Source} from '../config/source.ts'
import {asMap, asText, type Unsure} from '../config/draft/unsure.ts'

/** An API description that is followed by its references. */
export interface ApiDocument {
  readonly root: Unsure
  /** What a value is, its `$ref` followed inside of the document; as it is where that leads nowhere. */
  follow(value: unknown): Unsure
}

/** OpenAPI 3.0 and 3.1, as YAML or JSON. */
export function readDocument({file, text}: Source): Result<ApiDocument> {
  const root = asMap(parsed(text))
  const version = asText(root.get('openapi'))
  if (version?.startsWith('3.')) return ok({root, follow: value => follow(root, value)})
  const is = version ?? asText(root.get('swagger'))
  const message =
    is === undefined ? `${file} is no OpenAPI description` : `${file} is OpenAPI ${is}, and 3.0 and 3.1 are read`
  return fail(failure('config-invalid', {message, hint: 'name a description that begins with "openapi: 3..."'}))
}

function parsed(text: string): unknown {
  try {
    return parse(text, {maxAliasCount: 1000}) as unknown
  } catch {
    return undefined
  }
}

/** A chain of references that is longer than this is a circle. */
const LONGEST = 20

function follow(root: Unsure, value: unknown): Unsure {
  let found = asMap(value)
  for (let steps = 0; steps < LONGEST; steps++) {
    const ref = asText(found.get('$ref'))
    if (ref === undefined || !ref.startsWith('#/')) return found
    const names = ref
      .slice(2)
      .split('/')
      .map(name => decoded(name).replaceAll('~1', '/').replaceAll('~0', '~'))
    found = names.reduce<Unsure>((within, name) => asMap(within.get(name)), root)
  }
  return asMap(undefined)
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
