import {randomInt} from 'node:crypto'
import getPort, {portNumbers} from 'get-port'

/**
 * A port that nobody used a moment ago, below those that systems hand out by themselves: an instance that asks for any
 * port, or a call on its way out, does not get it before the program that it is for has started.
 */
export function freePort(): Promise<number> {
  return getPort({host: '127.0.0.1', port: portNumbers(randomInt(20_000, 32_000), 32_700)})
}
