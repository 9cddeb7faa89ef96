import {expect, it} from 'vitest'
import {isNetwork} from '../../../src/adapters/web/access.ts'

it.each(['127.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', 'fd00::/8', '2001:db8::/128'])('%s may be trusted', text => {
  expect(isNetwork(text)).toBe(true)
})

it.each(['', 'proxy', '10.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '::/129', '127.0.0.1:80'])(
  '%s is neither an address nor a network',
  text => expect(isNetwork(text)).toBe(false),
)
