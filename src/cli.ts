import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Interfaces} from '@oclif/core'
import {ExitError} from '@oclif/core/errors'
import {run} from '@oclif/core/run'
import {settings} from '@oclif/core/settings'
import {settle} from './commands/shared/ending.ts'
import {outliveOutput} from './commands/shared/output.ts'

/** The folder with package.json and the manifest: the parent of dist. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Runs one command line to its end, and leaves the exit code. Nothing else of Sluice decides how a process ends. */
export async function main(argv: readonly string[]): Promise<void> {
  process.once('exit', noteUnsettled)
  outliveOutput(argv.includes('--json'))
  // The built commands are the ones to run, also where NODE_ENV says development and a tsconfig.json lies beside them.
  settings.enableAutoTranspile = false
  // Oclif asks whose shell it is where this is not set, and a container may run under a number that nobody has.
  if (process.platform !== 'win32') process.env['SHELL'] ??= '/bin/sh'
  try {
    await run(asFlag(argv), {
      root: ROOT,
      // There are no plugins, and nothing in anybody's home is asked for some.
      userPlugins: false,
      devPlugins: false,
      pjson: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Interfaces.PJSON,
    })
  } catch (error) {
    const end = error instanceof ExitError ? error : settle(error, argv.includes('--json'))
    process.exitCode = end.oclif.exit ?? 1
  }
}

/** What Node ends with where nothing is left that could ever wake what is still awaited. */
const UNSETTLED = 13

/** That must not look like any end of ours. */
function noteUnsettled(code: number): void {
  if (code !== UNSETTLED) return
  process.stderr.write('error: it ended before it was done (this is a bug in sluice: please report it)\n')
  process.exitCode = 1
}

/** `sluice help plan` is `sluice plan --help`. */
function asFlag(argv: readonly string[]): string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv]
}
