import {execFileSync} from 'node:child_process'

/** Builds once before the tests: the command tests and the real ones run what users run. */
export default function build(): void {
  execFileSync(process.execPath, ['scripts/run.mjs', 'scripts/build.ts'], {stdio: ['ignore', 'ignore', 'inherit']})
}
