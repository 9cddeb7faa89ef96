/** Looks again and again until `look` answers something, and fails with what was seen last. */
export async function eventually<T>(look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > deadline) throw new Error(`it did not happen within ${PATIENCE_MS} ms: ${look.toString()}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

/** Generous: nothing is measured by it, and the machine may be busy. */
const PATIENCE_MS = 60_000
