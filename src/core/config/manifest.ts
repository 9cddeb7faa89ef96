import type {Problem} from '../base/failure.ts'
import {fail, ok, type Result} from '../base/result.ts'
import type {ConfiguredRelease} from './config.ts'
import {releaseOf} from './config-of.ts'
import type {ServiceName} from './facts.ts'
import {located} from './locate.ts'
import {finding} from './rules/rule.ts'
import {reading} from './shape/shape.ts'
import type {Source} from './source.ts'
import {manifest} from './written/file.ts'
import {loadYaml, MANIFEST_LIMITS} from './yaml/load.ts'

/** Name of the file at the root of a service's repository. */
export const MANIFEST_NAME = 'sluice.service.yaml'

/** `sluice.service.yaml` of one release, or every problem of it at once. */
export function parseManifest(
  source: Source,
  service: ServiceName,
  version: string,
): Result<ConfiguredRelease, readonly Problem[]> {
  const loaded = loadYaml(source, MANIFEST_LIMITS)
  if (!loaded.ok) return loaded
  const at = reading()
  const written = manifest.read(loaded.value.raw, at)
  if (written && written.service !== service) at.findings.push(otherService(written.service, service))
  if (written && at.findings.length === 0) return ok(releaseOf(version, written))
  return fail(located(source.file, loaded.value.places(), at.findings))
}

function otherService(named: string, service: ServiceName) {
  const hint = `name it ${JSON.stringify(service)} here, or look whether the repo of ${service} is the right one`
  return finding(
    ['service'],
    `this is the manifest of ${JSON.stringify(named)}, not of ${JSON.stringify(service)}`,
    hint,
  )
}
