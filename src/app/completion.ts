import {readFile} from 'node:fs/promises'
import {shipped} from '../adapters/package.ts'

/** The shells that words can be completed in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** The script for one of {@link SHELLS}: it asks `sluice complete` for the words, and knows nothing itself. */
export async function completionScript(shell: string): Promise<string> {
  return readFile(shipped('templates', 'completion', shell), 'utf8')
}
