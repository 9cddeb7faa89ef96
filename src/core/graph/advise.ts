import type {Problem} from '../base/failure.ts'
import type {Config} from '../config/config.ts'
import {placeFinder} from '../config/locate.ts'
import type {Source} from '../config/source.ts'
import type {System} from './system.ts'
import type {Advice} from './advice/advice.ts'
import {baking, checking} from './advice/baking.ts'
import {caching} from './advice/caching.ts'
import {dropping} from './advice/dropping.ts'
import {elsewhere} from './advice/elsewhere.ts'
import {factless} from './advice/factless.ts'
import {outside} from './advice/outside.ts'
import {redundancy} from './advice/redundancy.ts'
import {unmet} from './advice/unmet.ts'
import {unreachable} from './advice/unreachable.ts'

const ADVICE: readonly Advice[] = [
  factless,
  outside,
  unmet,
  unreachable,
  dropping,
  redundancy,
  caching,
  baking,
  checking,
  elsewhere,
]

/** What `validate` says of a system that has no problems: each a warning with its place in `sluice.yaml`. */
export function adviceOn(config: Config, system: System, source: Source): Problem[] {
  const placeOf = placeFinder(source)
  const warnings = ADVICE.flatMap(advice => [...advice(config, system)]).map(({path, on, message, hint}): Problem => {
    return {file: source.file, ...placeOf(path, on), message, ...(hint === undefined ? {} : {hint})}
  })
  return warnings.sort((a, b) => a.line - b.line || a.column - b.column)
}
