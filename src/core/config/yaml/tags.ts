import {
  boolCoreTag,
  defineMappingTag,
  defineScalarTag,
  NOT_RESOLVED,
  nullCoreTag,
  Schema,
  seqTag,
  strTag,
} from 'js-yaml'
import {type Digits, isDigits, type Raw} from './raw.ts'

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/

/** Numbers keep their digits. */
const digitsTag = defineScalarTag<Digits>('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: ['-', '+', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  resolve: source => (NUMBER.test(source) ? {digits: source} : NOT_RESOLVED),
  identify: () => false,
})

/** What is said of a key that is a list, a mapping, or nothing. */
export const NO_TEXT = 'a key must be text'

/** Mappings are maps from text. Any other key is refused, but for numbers and booleans, which are taken as written. */
function textMapTag() {
  const once = textOnce()
  return defineMappingTag<Map<string, Raw>>('tag:yaml.org,2002:map', {
    create: () => new Map(),
    addPair: (map, key, value) => {
      const name = keyText(key)
      if (name === undefined) return NO_TEXT
      map.set(once(name), typeof value === 'string' ? once(value) : (value as Raw))
      return ''
    },
    has: (map, key) => map.has(keyText(key) ?? ''),
    keys: map => map.keys(),
    get: (map, key) => map.get(key as string),
    identify: () => false,
  })
}

/**
 * The first of equal texts, so that all that is asked about them later compares places in memory and not letters. The
 * names and ranges of a large file stand in it again and again.
 */
function textOnce(): (text: string) => string {
  const known = new Map<string, string>()
  return text => {
    const first = known.get(text)
    if (first !== undefined) return first
    known.set(text, text)
    return text
  }
}

function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key
  if (typeof key === 'boolean') return String(key)
  return isDigits(key as Raw) ? (key as Digits).digits : undefined
}

/** YAML 1.2 core, but for numbers and keys; no merge keys, no tags of anybody's own. For one document. */
export function configSchema(): Schema {
  return new Schema([strTag, seqTag, textMapTag(), nullCoreTag, boolCoreTag, digitsTag])
}
