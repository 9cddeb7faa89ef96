import {isList} from '../yaml/raw.ts'
import {below, refuse, refuseValue, type Shape} from './shape.ts'

/** A list of at least `least` values of one shape. */
export function list<T>(item: Shape<T>, what: string, least = 0): Shape<readonly T[]> {
  return {
    json: () => ({type: 'array', items: item.json(), ...(least > 0 ? {minItems: least} : {})}),
    read(raw, at) {
      if (!isList(raw)) return refuseValue(raw, at, `a list of ${what}`)
      if (raw.length < least) return refuse(at, `${raw.length} ${what} are too few`, `name at least ${least}`)
      const read: T[] = []
      for (const [index, inner] of raw.entries()) {
        const value = below(at, index, () => item.read(inner, at))
        if (value !== undefined) read.push(value)
      }
      return read
    },
  }
}
