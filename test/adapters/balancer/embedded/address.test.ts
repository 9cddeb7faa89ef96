import {expect, it} from 'vitest'
import {parseAddress} from '../../../../src/adapters/balancer/embedded/table/address.ts'

it.each([
  ['127.0.0.1:80', {host: '127.0.0.1', port: 80}],
  ['[::1]:8001', {host: '::1', port: 8001}],
  ['shop.internal:65535', {host: 'shop.internal', port: 65_535}],
])('%s is an address', (text, address) => {
  expect(parseAddress(text)).toEqual(address)
})

it.each(['', ':80', '80', 'a:', 'a:0', 'a:65536', 'a:8x', '::1:80', 'http://a:80', 'a/b:80', 'a b:80'])(
  '%j is none',
  text => {
    expect(parseAddress(text)).toBeUndefined()
  },
)
