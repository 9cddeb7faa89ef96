import {failure} from '../base/failure.ts'
import {fail, ok, type Result} from '../base/result.ts'
import type {GateConfig} from '../config/config.ts'
import {located} from '../config/locate.ts'
import {list} from '../config/shape/list.ts'
import {maybe, object} from '../config/shape/object.ts'
import {oneOf, text, whole, yesOrNo} from '../config/shape/scalar.ts'
import {mapped, type Reading, reading, type Shape} from '../config/shape/shape.ts'
import type {Source} from '../config/source.ts'
import {FILE_LIMITS, loadYaml} from '../config/yaml/load.ts'
import {isMap} from '../config/yaml/raw.ts'
import type {MaybeState} from '../graph/system.ts'
import type {ContractUnused, Gate, Plan, Step} from './plan.ts'

/** A kept plan, or what is wrong with it. JSON is YAML, so the same reader finds places in it. */
export function readPlan(source: Source): Result<Plan> {
  const loaded = loadYaml(source, FILE_LIMITS)
  if (!loaded.ok) return fail(invalid(source, loaded.failure))
  const at: Reading = reading()
  const read = plan.read(loaded.value.raw, at)
  if (read && at.findings.length === 0) return ok(read)
  return fail(invalid(source, located(source.file, loaded.value.places(), at.findings)))
}

function invalid(
  {file}: Source,
  problems: readonly {
    readonly file: string
    readonly line: number
    readonly column: number
    readonly message: string
  }[],
) {
  const hint = '`sluice plan --out FILE` writes one that can be carried out'
  return failure('plan-invalid', {message: `${file} is no plan`, hint, problems})
}

function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return {
    json: () => ({anyOf: [shape.json(), {type: 'null'}]}),
    read: (raw, at) => (raw === null ? null : shape.read(raw, at)),
  }
}

const name = text('a name')
const state: Shape<MaybeState> = nullable(object({release: text('a version'), mode: nullable(name)}, 'a state'))
const unused: Shape<ContractUnused> = object(
  {
    kind: oneOf(['contract-unused'], 'a gate'),
    contract: name,
    major: whole(0, Number.MAX_SAFE_INTEGER, 'a major version'),
  },
  'a gate',
)
/** Gates of the configuration are looked up there when the plan is carried out, so what the file says of them is not read. */
const configured: Shape<ContractUnused | null> = {
  json: () => ({type: 'object'}),
  read: (raw, at) => (isMap(raw) && CONFIGURED.has(raw.get('kind')) ? null : unused.read(raw, at)),
}
const CONFIGURED = new Set<unknown>([
  'approval',
  'freeze',
  'window',
  'command',
  'spacing',
  'matrix',
] satisfies GateConfig['kind'][])
const gates: Shape<readonly Gate[]> = mapped(list(configured, 'gates'), found => found.filter(gate => gate !== null))
const reason = object({contract: maybe(name), with: maybe(name), text: text('words')}, 'a reason')
const step: Shape<Step> = object(
  {
    id: name,
    wave: whole(1, Number.MAX_SAFE_INTEGER, 'a wave'),
    service: name,
    action: oneOf(['deploy', 'switch'], 'an action'),
    from: state,
    to: state,
    after: list(name, 'step ids'),
    gates,
    reversible: yesOrNo(),
    reasons: list(reason, 'reasons'),
  },
  'a step',
)
const excuse = object({client: name, server: name, contract: name, reason: text('words')}, 'an excuse')
const one: Shape<1> = {
  json: () => ({const: 1}),
  read: (raw, at) => (whole(1, 1, 'a plan of this version of Sluice').read(raw, at) === undefined ? undefined : 1),
}
const plan: Shape<Plan> = object(
  {
    sluicePlan: one,
    system: name,
    environment: name,
    fingerprint: text('a fingerprint'),
    optimal: yesOrNo(),
    steps: list(step, 'steps'),
    excused: maybe(list(excuse, 'excuses')),
  },
  'a plan',
)
