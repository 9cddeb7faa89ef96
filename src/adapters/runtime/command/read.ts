import {fail, ok, type Result} from '../../../core/base/result.ts'
import {failure} from '../../../core/base/failure.ts'
import {PROTOCOL, type Told} from './protocol.ts'

const STATES: readonly unknown[] = ['starting', 'running', 'exited']
const TEXTS = ['id', 'service', 'release', 'rollout', 'address'] as const

/** Reads what `status` printed; anything else than the protocol says is told by its place. */
export function readInstances(printed: string): Result<readonly Told[]> {
  const document = parsed(printed)
  if (document === undefined) return wrong(`it printed ${shown(printed.trim())}, which is no JSON document`)
  const {sluiceRuntime, instances} = document
  if (sluiceRuntime !== PROTOCOL) return wrong(`sluiceRuntime is ${shown(sluiceRuntime)}, and must be ${PROTOCOL}`)
  if (!Array.isArray(instances)) return wrong(`instances is ${shown(instances)}, and must be a list`)
  const told: Told[] = []
  for (const [index, instance] of instances.entries()) {
    const why = objection(instance)
    if (why !== undefined) return wrong(`instances[${index}]${why}`)
    told.push(instance as Told)
  }
  const twice = told.find(({id}, index) => told.findIndex(other => other.id === id) !== index)
  return twice ? wrong(`two instances have the id ${shown(twice.id)}`) : ok(told)
}

function objection(instance: unknown): string | undefined {
  if (!isMapping(instance)) return ` is ${shown(instance)}, and must be an instance`
  for (const name of TEXTS) {
    const value = instance[name]
    if (typeof value !== 'string' || value === '') return `.${name} is ${shown(value)}, and must be a text`
  }
  const {mode, state, detail, address} = instance
  if (mode !== null && typeof mode !== 'string') return `.mode is ${shown(mode)}, and must be a text or null`
  if (!STATES.includes(state)) return `.state is ${shown(state)}, and must be starting, running or exited`
  if (detail !== undefined && typeof detail !== 'string') return `.detail is ${shown(detail)}, and must be a text`
  return /^\[?[^\s/]+\]?:\d+$/.test(String(address))
    ? undefined
    : `.address is ${shown(address)}, and must be host:port`
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(text)
    return isMapping(document) ? document : undefined
  } catch {
    return undefined
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const LONGEST = 120

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
}

function wrong(message: string): Result<never> {
  return fail(
    failure('runtime-failed', {
      message: `the answer of the status command is wrong: ${message}`,
      hint: 'docs/drivers/command.md says what it prints; schema/sluice.runtime.schema.json checks it',
    }),
  )
}
