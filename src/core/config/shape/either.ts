import {isDigits, isList, isMap, type Raw} from '../yaml/raw.ts'
import {refuseValue, type Shape} from './shape.ts'

/** The kinds of YAML value that a choice between shapes can be made by. */
type Kind = 'text' | 'list' | 'map'

function kindOf(raw: Raw): Kind | undefined {
  if (isMap(raw)) return 'map'
  if (isList(raw)) return 'list'
  return typeof raw === 'string' || isDigits(raw) ? 'text' : undefined
}

/**
 * One shape for text, another for a list or a mapping. The kind decides first, so that a message is about the shape
 * that was meant and not about all that were possible.
 */
export function either<T>(shapes: {readonly [K in Kind]?: Shape<T>}, what: string): Shape<T> {
  return {
    json: () => ({anyOf: Object.values(shapes).map(shape => shape.json())}),
    read(raw, at) {
      const kind = kindOf(raw)
      const shape = kind && shapes[kind]
      return shape ? shape.read(raw, at) : refuseValue(raw, at, what)
    },
  }
}
