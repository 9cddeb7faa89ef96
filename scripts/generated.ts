import {actionFile, actionPage} from './reference/action.ts'
import {RUNTIME_SCHEMA} from '../src/adapters/runtime/command/protocol.ts'
import {kernelFile} from './kernel.ts'
import {commandsPage} from './reference/commands.ts'
import {configurationPage} from './reference/configuration.ts'
import {errorsPage} from './reference/errors.ts'
import {eventsPage} from './reference/events.ts'
import {exitCodesPage} from './reference/exit-codes.ts'
import {matrixPage} from './reference/matrix.ts'
import {fileSchema, manifestSchema} from './reference/schema.ts'

/** Every file that is written from the source and kept in git, by path. A test keeps them fresh; `npm run docs` writes them. */
export const GENERATED: Readonly<Record<string, () => string>> = {
  'schema/sluice.schema.json': () => jsonText(fileSchema()),
  'schema/sluice.service.schema.json': () => jsonText(manifestSchema()),
  'schema/sluice.runtime.schema.json': () => jsonText(RUNTIME_SCHEMA),
  'src/core/usage/scan/kernel.ts': kernelFile,
  'action.yml': actionFile,
  'docs/reference/action.md': actionPage,
  'docs/reference/configuration.md': configurationPage,
  'docs/reference/commands.md': commandsPage,
  'docs/reference/exit-codes.md': exitCodesPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/events.md': eventsPage,
  'docs/reference/matrix.md': matrixPage,
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
