import {describe, expect, it} from 'vitest'
import {parseWanted} from '../../../src/core/config/wanted.ts'
import {type Asked, resolve} from '../../../src/core/graph/resolve.ts'
import {systemOf} from '../../../src/core/graph/system-of.ts'
import {valid} from '../config/support.ts'

const RELEASES = `sluice: 1
system: shop
services:
  accounts:
    releases:
      1.4.0: {}
      2.0.0: { modes: { v1: {}, v2: {} } }
      2.1.0: { modes: { v2: {}, v3: {} } }
      2.2.0-rc.1: {}
      3.0.0-beta.1: {}
  worker: {}
environments:
  production:
`

/** What `current` and `target` of the file, in one line each, and the flags come to. */
function asked(current: string, target: string, more: Omit<Asked, 'environment'> = {}) {
  const text = `${RELEASES}    current: ${current}\n    target: ${target}\n`
  const source = {file: 'sluice.yaml', text}
  const config = valid(text)
  const assembled = systemOf(config, new Map(), source)
  const environment = config.environments.get('production')
  if (!assembled.ok || !environment) throw new Error('not assembled')
  return resolve(assembled.value, {environment, ...more}, source)
}

function state(wanted: string) {
  const question = asked('{}', `{ accounts: ${wanted} }`)
  return question.ok ? question.value.target.get('accounts') : question.failure.problems?.[0]
}

function flag(text: string) {
  const wanted = parseWanted(text)
  if (!wanted) throw new Error(`${text} cannot be read`)
  return new Map([['accounts', wanted]])
}

describe('resolve', () => {
  it('takes the highest release of a range, and its last mode', () => {
    expect(state('^2')).toEqual({release: '2.1.0', mode: 'v3'})
    expect(state('~2.0')).toEqual({release: '2.0.0', mode: 'v2'})
    expect(state('"*"')).toEqual({release: '2.1.0', mode: 'v3'})
    expect(state('1.4.0')).toEqual({release: '1.4.0', mode: null})
    expect(state('latest')).toEqual({release: '2.1.0', mode: 'v3'})
    expect(state('none')).toBeNull()
  })

  it('takes a pre-release only where one is named', () => {
    expect(state('2.2.0-rc.1')).toEqual({release: '2.2.0-rc.1', mode: null})
    expect(state('">=2.2.0-rc.0 <3"')).toEqual({release: '2.2.0-rc.1', mode: null})
    expect(state('">=2.2.0-rc.0"')).toEqual({release: '2.2.0-rc.1', mode: null})
    expect(state('">=3.0.0-beta.0 || 1.4.0"')).toEqual({release: '3.0.0-beta.1', mode: null})
  })

  it('takes the mode that is named, in the highest release that has it', () => {
    expect(state('{ release: 2.0.0, mode: v1 }')).toEqual({release: '2.0.0', mode: 'v1'})
    expect(state('{ release: ^2, mode: v2 }')).toEqual({release: '2.1.0', mode: 'v2'})
    expect(state('{ release: ^2, mode: v1 }')).toEqual({release: '2.0.0', mode: 'v1'})
    expect(state('{ release: latest, mode: v2 }')).toEqual({release: '2.1.0', mode: 'v2'})
  })

  it('lets flags stand over the file, and the record over the file but not over flags', () => {
    const recorded = new Map([['accounts', {release: '2.0.0', mode: 'v1'}]])
    const question = asked('{ accounts: 1.4.0 }', '{ accounts: ^2, worker: none }', {recorded, to: flag('2.0.0:v2')})
    expect(question).toMatchObject({ok: true, value: {current: recorded}})
    expect(question.ok && Object.fromEntries(question.value.target)).toEqual({
      accounts: {release: '2.0.0', mode: 'v2'},
      worker: null,
    })
    const from = asked('{}', '{}', {recorded, from: flag('2.1.0')})
    expect(from.ok && from.value.current.get('accounts')).toEqual({release: '2.1.0', mode: 'v3'})
    const gone = asked('{ accounts: 1.4.0 }', '{}', {from: flag('none')})
    expect(gone.ok && gone.value.current.size).toBe(0)
  })

  it('says where the file asks for what there is not', () => {
    const question = asked('{}', '{ worker: ^2 }')
    expect(question).toEqual({
      ok: false,
      failure: {
        code: 'config-invalid',
        message: 'production asks for what there is not',
        problems: [
          {
            file: 'sluice.yaml',
            line: 15,
            column: 23,
            message: 'no release of worker is known',
            hint: 'give worker a "repo" with tags, or "releases"',
          },
        ],
      },
    })
  })

  it('calls a wrong flag a wrong call', () => {
    expect(asked('{}', '{}', {to: flag('2.0.0:v9')})).toMatchObject({
      ok: false,
      failure: {
        code: 'usage',
        message: '--to accounts: release 2.0.0 of accounts has no mode "v9"',
        hint: 'its modes: v1, v2',
      },
    })
    expect(asked('{}', '{}', {from: flag('9.0.0')})).toMatchObject({
      failure: {
        message: '--from accounts: accounts has no release 9.0.0',
        hint: 'its releases: 1.4.0, 2.0.0, 2.1.0, 2.2.0-rc.1, 3.0.0-beta.1',
      },
    })
  })
})
