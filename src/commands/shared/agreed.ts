import {createInterface} from 'node:readline/promises'

/** Asks a person; only `yes` is taken for one. */
export async function agreed(question: string): Promise<boolean> {
  const terminal = createInterface({input: process.stdin, output: process.stdout})
  try {
    return (await terminal.question(`${question} Only "yes" is taken: `)).trim() === 'yes'
  } finally {
    terminal.close()
  }
}
