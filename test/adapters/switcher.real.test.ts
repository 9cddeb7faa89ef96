import {expect, it} from 'vitest'
import {switcher} from '../../src/adapters/switcher.ts'
import type {SwitchRequest} from '../../src/ports/switcher.ts'

const request = (script: string): SwitchRequest => ({
  service: 'billing',
  command: [process.execPath, '-e', script],
  from: {release: '2.0.0', mode: 'v1'},
  to: {release: '2.0.0', mode: 'v2'},
  addresses: ['127.0.0.1:1'],
  folder: process.cwd(),
  timeoutMs: 20_000,
})

it('is done when the command says so, which is told from where to where', async () => {
  const wanted = {SERVICE: 'billing', RELEASE: '2.0.0', MODE: 'v2', FROM_MODE: 'v1', ADDRESSES: '127.0.0.1:1'}
  const script = Object.entries(wanted).map(([name, value]) => `assert.equal(process.env.SLUICE_${name}, '${value}')`)
  expect(await switcher.switch(request(`const assert = require('assert'); ${script.join(';')}`))).toEqual({
    ok: true,
    value: undefined,
  })
})

it('is not done otherwise, and the output says why', async () => {
  expect(
    await switcher.switch(request(`console.error('the cluster is not ready'); process.exitCode = 2`)),
  ).toMatchObject({
    ok: false,
    failure: {
      message: expect.stringMatching(
        /switch of billing was not done: .* ended with code 2:\nthe cluster is not ready$/,
      ),
    },
  })
})

it('is not done when its program is not there', async () => {
  expect(await switcher.switch({...request(''), command: ['no-such']})).toMatchObject({
    ok: false,
    failure: {message: 'program not found: no-such'},
  })
})
