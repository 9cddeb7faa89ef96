import {file, manifest} from '../../src/core/config/written/file.ts'
import type {Json} from '../../src/core/config/shape/shape.ts'

/** What yaml-language-server reads. */
const DIALECT = 'http://json-schema.org/draft-07/schema#'

/** `sluice.yaml` as JSON Schema, from the shapes that read it. */
export function fileSchema(): Json {
  return {$schema: DIALECT, title: 'sluice.yaml', description: 'Services that are upgraded together.', ...file.json()}
}

/** `sluice.service.yaml` as JSON Schema. */
export function manifestSchema(): Json {
  const description = 'What one release of a service provides and consumes.'
  return {$schema: DIALECT, title: 'sluice.service.yaml', description, ...manifest.json()}
}
