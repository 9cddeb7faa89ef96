import {describe, expect, it} from 'vitest'
import {redact, secretsIn} from '../../../src/core/base/redact.ts'

describe('what is a secret', () => {
  it('is known by its name', () => {
    expect(
      secretsIn({API_TOKEN: 't0ken', PGPASSWORD: 'hunter22', DB_PWD: 'pa55', LOG: 'info', PIN_SECRET: '12'}),
    ).toEqual(['t0ken', 'hunter22', 'pa55'])
  })

  it('is never the folder that a shell stands in', () => {
    expect(secretsIn({PWD: '/srv/shop', OLDPWD: '/root', GIT_AUTHOR_NAME: 'anna'})).toEqual([])
  })
})

describe('redacting', () => {
  it('blanks out every secret, and passwords in addresses', () => {
    expect(redact('login of hunter22 at https://anna:pass@host', ['hunter22'])).toBe(
      'login of [redacted] at https://anna:[redacted]@host',
    )
    expect(redact([{code: 'halted', why: {message: 'no hunter22', hint: 'hunter22'}}], ['hunter22'])).toEqual([
      {code: 'halted', why: {message: 'no [redacted]', hint: '[redacted]'}},
    ])
    const told = {code: 'notification-failed', to: 'https://chat.example/hunter22', problems: [{file: 'hunter22.yaml'}]}
    expect(redact(told, ['hunter22'])).toEqual({
      code: 'notification-failed',
      to: 'https://chat.example/[redacted]',
      problems: [{file: '[redacted].yaml'}],
    })
  })

  it('leaves names as they are, which are looked for', () => {
    const record = {
      code: 'step-waiting',
      step: 'accounts-1',
      gates: ['approval:accounts'],
      act: {pool: '1.0.0', share: 5},
    }
    expect(redact({...record, for: ['approval:accounts: anna']}, ['accounts', 'step', '1.0.0', 'anna'])).toEqual({
      ...record,
      for: ['approval:[redacted]: [redacted]'],
    })
  })
})
