import {isDigits, shown, textOf} from '../yaml/raw.ts'
import {didYouMean} from './nearest.ts'
import {refuse, refuseValue, type Shape} from './shape.ts'

/** Any text that is not empty. Digits without quotes are text as well. */
export function text(what: string): Shape<string> {
  return {
    json: () => ({title: what, type: ['string', 'number'], minLength: 1}),
    read: (raw, at) => textOf(raw) || refuseValue(raw, at, what),
  }
}

/** Text of one form. To an editor, digits without quotes are a number, and a pattern says nothing on numbers. */
export function formed(pattern: RegExp, what: string, hint?: (wrong: string) => string | undefined): Shape<string> {
  return {
    json: () => ({title: what, type: pattern.test('1') ? ['string', 'number'] : 'string', pattern: pattern.source}),
    read(raw, at) {
      const found = textOf(raw)
      if (found === undefined) return refuseValue(raw, at, what)
      return pattern.test(found) ? found : refuse(at, `${JSON.stringify(found)} is not ${what}`, hint?.(found))
    },
  }
}

/** One of a few words. */
export function oneOf<const W extends string>(words: readonly W[], what: string): Shape<W> {
  return {
    json: () => ({enum: words}),
    read(raw, at) {
      const found = words.find(word => word === raw)
      if (found !== undefined) return found
      if (typeof raw !== 'string') return refuseValue(raw, at, what)
      return refuse(at, `${JSON.stringify(raw)} is not ${what}`, didYouMean(raw, words, 'there may be'))
    },
  }
}

/** A whole number, without quotes. */
export function whole(least: number, most: number, what: string): Shape<number> {
  return {
    json: () => ({title: what, type: 'integer', minimum: least, maximum: most}),
    read(raw, at) {
      const value = isDigits(raw) && /^\d+$/.test(raw.digits) ? Number(raw.digits) : undefined
      if (value !== undefined && value >= least && value <= most) return value
      const quoted = typeof raw === 'string' && /^\d+$/.test(raw) ? 'write it without quotes' : undefined
      return refuse(at, `${shown(raw)} is not ${what}`, quoted ?? `a whole number from ${least} to ${most}`)
    },
  }
}

export function yesOrNo(): Shape<boolean> {
  return {
    json: () => ({type: 'boolean'}),
    read: (raw, at) => (typeof raw === 'boolean' ? raw : refuseValue(raw, at, 'true or false')),
  }
}
