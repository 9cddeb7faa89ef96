import {runCommand} from '@oclif/test'

/** What one command line came to. */
export interface Said {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command in this process, as oclif does. Arguments may not contain spaces; see @oclif/test. */
export async function sluice(...argv: readonly string[]): Promise<Said> {
  const {error, stdout, stderr} = await runCommand([...argv], {root: process.cwd()})
  return {exit: error?.oclif?.exit ?? (error ? 1 : 0), stdout, stderr}
}
