import {mkdtempSync, rmSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {encode, type Hello, PROTOCOL} from '../../src/adapters/balancer/embedded/control/protocol.ts'
import {lookAtEmbedded} from '../../src/adapters/doctor/embedded.ts'
import {ok} from '../../src/core/base/result.ts'

it.each<[string, Hello, object]>([
  ['with its standby', {pid: 7, protocol: PROTOCOL, standby: 8}, {level: 'good', text: 'pid 7, standby 8'}],
  [
    'without one, and where the reason is',
    {pid: 7, protocol: PROTOCOL},
    {
      level: 'note',
      text: 'pid 7, without a standby: were it killed now, nobody would answer until the next command',
      todo: expect.stringMatching(/^look again in a moment; where there is still none, .*\.log says why$/),
    },
  ],
])('doctor tells of the embedded balancer %s', async (_, hello, told) => {
  const folder = mkdtempSync(join('/tmp', 'sluice-hello-'))
  const own = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', () => socket.end(encode({protocol: PROTOCOL, answer: ok(hello)})))
  })
  await new Promise<void>(resolve => own.listen(join(folder, 'control.1'), resolve))
  try {
    expect(await lookAtEmbedded('balancer', [], folder)).toEqual([{area: 'balancer', what: 'process', ...told}])
  } finally {
    own.close()
    rmSync(folder, {recursive: true})
  }
})
