import {execFileSync} from 'node:child_process'

/**
 * Builds once before the tests: the command tests and the real ones run what users run. Not where whoever runs several of
 * them in one folder has built already: one would load what another is about to write anew.
 */
export default function build(): void {
  if (process.env['SLUICE_TEST_BUILT']) return
  execFileSync(process.execPath, ['scripts/run.mjs', 'scripts/build.ts'], {stdio: ['ignore', 'ignore', 'inherit']})
}
