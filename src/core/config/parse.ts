import {failure, type Problem} from '../base/failure.ts'
import {fail, ok, type Result} from '../base/result.ts'
import type {Config} from './config.ts'
import {configOf, type Overridden} from './config-of.ts'
import {located} from './locate.ts'
import {overridden} from './overrides.ts'
import type {Known} from './rules/rule.ts'
import {checkFile} from './rules/rules.ts'
import {type Finding, reading} from './shape/shape.ts'
import type {Source} from './source.ts'
import {file, type WrittenFile} from './written/file.ts'
import {service, type WrittenService} from './written/service.ts'
import {FILE_LIMITS, loadYaml} from './yaml/load.ts'
import type {Path, Places} from './yaml/places.ts'
import {isMap, type Raw} from './yaml/raw.ts'

/** `sluice.yaml` as a value that can only be valid, or every problem of it at once. */
export function parseConfig(source: Source, known: Known): Result<Config> {
  const loaded = loadYaml(source, FILE_LIMITS)
  if (!loaded.ok) return invalid(loaded.failure)
  const {raw, places} = loaded.value
  const at = reading()
  const whole = file.read(raw, at)
  const written = whole ?? readable(raw)
  const merged = written ? mergeOverrides(raw, written) : NOTHING_MERGED
  const findings = [
    ...at.findings,
    ...merged.findings,
    ...(written ? checkFile(written, known, merged.overridden) : []),
  ]
  if (whole && findings.length === 0) return ok(configOf(source.file, whole, merged.overridden))
  const found = places()
  return invalid(
    located(
      source.file,
      found,
      findings.map(one => traced(one, found)),
    ),
  )
}

/**
 * What can be read of a file that lacks something it must have, so that the rules can look at the rest at once; undefined
 * where it names no services, for then everything that is mentioned would be unknown.
 */
function readable(raw: Raw): WrittenFile | undefined {
  if (!isMap(raw) || !isMap(raw.get('services'))) return undefined
  return file.read(new Map<string, Raw>([...raw, ['sluice', {digits: '1'}], ['system', 'unnamed']]), reading())
}

function invalid(problems: readonly Problem[]): Result<never> {
  const [first] = problems
  const message =
    problems.length === 1 ? `${first?.file} has a problem` : `${first?.file} has ${problems.length} problems`
  return fail(failure('config-invalid', {message, problems}))
}

interface Merged {
  readonly overridden: Overridden
  readonly findings: readonly Finding[]
}

const NOTHING_MERGED: Merged = {overridden: new Map(), findings: []}

/** Reads every service that an environment overrides as it is there: the two mappings merged, then read like any other. */
function mergeOverrides(raw: Raw, {environments}: WrittenFile): Merged {
  const base = isMap(raw) ? raw.get('services') : undefined
  const overriddenIn = new Map<string, Map<string, WrittenService>>()
  const findings: Finding[] = []
  for (const [name, {services}] of environments ?? []) {
    const read = new Map<string, WrittenService>()
    for (const [serviceName, over] of services ?? []) {
      const at = reading(['environments', name, 'services', serviceName])
      const merged = service.read(overridden(isMap(base) ? base.get(serviceName) : undefined, over), at)
      findings.push(...at.findings)
      if (merged) read.set(serviceName, merged)
    }
    overriddenIn.set(name, read)
  }
  return {overridden: overriddenIn, findings}
}

/** A finding in a merged service is in the override, or else in the service itself. */
function traced(found: Finding, places: Places): Finding {
  const [section, , part] = found.path
  if (section !== 'environments' || part !== 'services' || places.find(found.path, found.on)) return found
  const inService: Path = ['services', ...found.path.slice(3)]
  return places.find(inService, found.on) ? {...found, path: inService} : found
}
