/** Asks an address for its text; undefined where nothing is there. Anything else that goes wrong is thrown. */
export type Ask = (address: string, accept?: string) => Promise<string | undefined>

const TIMEOUT_MS = 15_000
/** The longest list of versions that is known has 5 MB. */
const LARGEST_MB = 32

/** Asks over HTTP, a second time where the first one failed. User and password may stand in the address. */
export function asker(signal: AbortSignal): Ask {
  const once = async (address: string, accept: string) => {
    const {url, authorization} = apart(address)
    const answer = await fetch(url, {
      headers: {accept, 'user-agent': 'sluice', ...(authorization !== undefined && {authorization})},
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    if (answer.status === 404 || answer.status === 410) return undefined
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`.trim())
    return textOf(answer)
  }
  return async (address, accept = '*/*') => {
    try {
      return await once(address, accept)
    } catch (error) {
      if (signal.aborted || isTimeout(error)) throw error
      return once(address, accept)
    }
  }
}

/** Why somebody did not answer, in the words that say most. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (isTimeout(error)) return `no answer within ${TIMEOUT_MS / 1000}s`
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === 'TimeoutError'

/** `fetch` takes no address with a password in it. */
function apart(address: string): {readonly url: URL; readonly authorization?: string} {
  const url = new URL(address)
  const {username, password} = url
  if (username === '' && password === '') return {url}
  url.username = ''
  url.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {url, authorization: `Basic ${Buffer.from(pair).toString('base64')}`}
}

async function textOf(answer: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of answer.body ?? []) {
    bytes += part.length
    if (bytes > LARGEST_MB * 1024 * 1024) throw new Error(`the answer is longer than ${LARGEST_MB} MB`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
