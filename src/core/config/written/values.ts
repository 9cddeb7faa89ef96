import {type DurationMs, parseDuration, type Percent} from '../../base/units.ts'
import type {Condition} from '../config.ts'
import {either} from '../shape/either.ts'
import {list} from '../shape/list.ts'
import type {NameRule} from '../shape/record.ts'
import {formed, text} from '../shape/scalar.ts'
import {mapped, narrowed, refuse, refuseValue, type Shape} from '../shape/shape.ts'
import {RANGE, remembered, VERSION, versionHint} from '../version.ts'
import {shown, textOf} from '../yaml/raw.ts'
import {splitWords} from '../words.ts'

/** Names that also become names of folders, pools and back ends. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?$/
const NAME_HINT = () => 'letters, digits, and - _ . between them, at most 100'

export const SERVICE_NAME: NameRule = {pattern: NAME, hint: NAME_HINT, what: 'a name for a service'}
export const ENVIRONMENT_NAME: NameRule = {pattern: NAME, hint: NAME_HINT, what: 'a name for an environment'}
export const MODE_NAME: NameRule = {pattern: NAME, hint: NAME_HINT, what: 'a name for a mode'}
export const CONTRACT_NAME: NameRule = {
  pattern: /^[A-Za-z0-9@](?:[A-Za-z0-9_./@-]{0,198}[A-Za-z0-9_])?$/,
  hint: () => 'letters, digits, and - _ . / @ between them, at most 200',
  what: 'a name for a contract',
}
export const VERSION_KEY: NameRule = {pattern: VERSION, hint: versionHint, what: 'a version'}
export const VARIABLE_NAME: NameRule = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  hint: () => 'letters, digits and _',
  what: 'a name for an environment variable',
}

export const systemName = formed(NAME, 'a name for a system', NAME_HINT)
export const serviceName = text('the name of a service')
export const contractName = text('the name of a contract')
export const modeName = text('the name of a mode')

export const version = formed(VERSION, 'a version', versionHint)

const isRange = remembered(RANGE)
const RANGE_HINT = 'write a version like 1.10.0, or a range like ^1.2, ">=1 <3" or "^1 || ^2"'

/** A version or a range. */
export const range: Shape<string> = {
  json: () => ({title: 'a version or a range', type: ['string', 'number'], minimum: 0, pattern: RANGE.source}),
  read(raw, at) {
    const found = textOf(raw)
    if (found === undefined) return refuse(at, `${shown(raw)} is not a version or a range`, RANGE_HINT)
    return isRange(found) ? found : refuse(at, `${JSON.stringify(found)} is not a version or a range`, RANGE_HINT)
  },
}

export const ranges: Shape<readonly string[]> = either(
  {text: mapped(range, one => [one]), list: list(range, 'versions and ranges', 1)},
  'a version, a range, or a list of them',
)

export const duration: Shape<DurationMs> = mapped(
  formed(
    /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/,
    'a duration',
    () => 'write a number and a unit, like 500ms, 30s, 5m, 12h or 7d',
  ),
  found => parseDuration(found),
)

const UNITS = {k: 2 ** 10, m: 2 ** 20, g: 2 ** 30} as const

/** An amount of memory, in bytes. */
export const size: Shape<number> = mapped(
  formed(/^\d+(?:\.\d+)?[kmg]$/, 'an amount of memory', () => 'write a number and a unit, like 512m or 2g'),
  found => Math.round(Number.parseFloat(found) * UNITS[found.slice(-1) as keyof typeof UNITS]),
)

/** A number of processors, also parts of one. */
export const processors: Shape<number> = mapped(
  formed(/^(?:0\.\d*[1-9]\d*|[1-9]\d{0,3}(?:\.\d+)?)$/, 'a number of processors', () => 'write it like 2 or 0.5'),
  Number,
)

/** `< 1%`. */
export const belowPercent: Shape<Percent> = mapped(
  formed(/^< *\d+(?:\.\d+)? *%$/, 'a share to stay below', () => 'write it like "< 1%"'),
  (found, at) => {
    const percent = Number.parseFloat(found.slice(1))
    return percent <= 100 ? percent : refuse(at, `${JSON.stringify(found)} is more than everything`, 'at most "< 100%"')
  },
)

/** `< 300ms`. */
export const belowDuration: Shape<DurationMs> = mapped(
  formed(/^< *\d+(?:\.\d+)?(?:ms|s|m|h|d)$/, 'a time to stay below', () => 'write it like "< 300ms"'),
  found => parseDuration(found.slice(1).trim()),
)

/** `5%`. */
export const percent: Shape<Percent> = mapped(
  formed(/^\d+(?:\.\d+)? *%$/, 'a share in percent', () => 'write it like "5%"'),
  found => Number.parseFloat(found),
)

const CONDITION = /^(<=|>=|==|!=|<|>) *(\S.*)$/

/** `< 0.5`, `== ready`. */
export const condition: Shape<Condition> = mapped(
  formed(CONDITION, 'a condition', () => 'write it like "< 0.5", ">= 100" or "== ready"'),
  (found, at) => {
    const [, sign = '', wanted = ''] = CONDITION.exec(found) ?? []
    const is = sign as Condition['is']
    const number = Number(wanted)
    if (!Number.isNaN(number)) return {is, value: number}
    if (is === '==' || is === '!=') return {is, value: wanted}
    return refuse(at, `${JSON.stringify(wanted)} is not a number`, 'text can only be compared with == and !=')
  },
)

/** Where one value stands in JSON. */
export const jsonPlace = formed(
  /^(?:\$\.?)?[\w-]+(?:\.[\w-]+|\[\d+\])*$/,
  'the place of one value in JSON',
  () => 'write it like queue.depth or nodes[0].state',
)

/** The address of a server. */
export const webAddress = formed(
  /^https?:\/\/[^\s/?#]+[^\s?#]*$/,
  'an address',
  () => 'write it like https://prometheus.example:9090',
)

/** The name of an environment variable that holds what must not stand in a file. */
export const variableName = formed(VARIABLE_NAME.pattern, 'a name for an environment variable', VARIABLE_NAME.hint)

/** Program and arguments: a list, or a line that is split without a shell. */
export const command: Shape<readonly string[]> = either(
  {
    text: mapped(text('a command'), (line, at) => {
      const split = splitWords(line)
      if ('words' in split) return split.words
      return refuse(
        at,
        `${JSON.stringify(line)} is not a command: ${split.wrong}`,
        'a list is taken as it stands, like ["sh", "-c", "..."]',
      )
    }),
    list: list(argument(), 'words', 1),
  },
  'a command: a line, or a list of program and arguments',
)

/** One word of a command; it may be empty. */
function argument(): Shape<string> {
  return {
    json: () => ({type: ['string', 'number']}),
    read: (raw, at) => textOf(raw) ?? refuseValue(raw, at, 'a word of a command'),
  }
}

/** Not from a root or a drive, and never upwards. */
const INNER = /^(?![\\/]|[A-Za-z]:)(?!(?:[\s\S]*[\\/])?\.\.(?:[\\/]|$))/

/** A path that stays below the folder it starts from. */
export const innerPath: Shape<string> = mapped(narrowed(text('a path'), {pattern: INNER.source}), (found, at) => {
  if (INNER.test(found) && !found.includes('\0')) return found
  return refuse(
    at,
    `${JSON.stringify(found)} leads out of its folder`,
    'write a path below it, without ".." and not from the root',
  )
})

/** The path of a URL. */
export const urlPath = formed(/^\/[^\s]*$/, 'a path of a URL', () => 'write it like /healthz')
