import {randomInt} from 'node:crypto'
import getPort, {portNumbers} from 'get-port'

/**
 * A port that nobody used a moment ago, below those that systems hand out by themselves: an instance that asks for any
 * port, or a call on its way out, does not get it before the program that it is for has started. Each of the vitest
 * workers that run beside each other has ports of its own, so that none is given to two before either has used it.
 */
export function freePort(): Promise<number> {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS
  const first = LOWEST + worker * EACH
  return getPort({host: '127.0.0.1', port: portNumbers(randomInt(first, first + EACH / 2), first + EACH - 1)})
}

const LOWEST = 20_000
const WORKERS = 8
const EACH = 1500
