import {describe, expect, it} from 'vitest'
import {schemaNameOf, secretsOf, shownAddress} from '../../../src/adapters/state/postgres/address.ts'
import {trouble} from '../../../src/adapters/state/postgres/trouble.ts'

describe('the address of a record in PostgreSQL', () => {
  it.each([
    ['postgres://anna:s3cret%40x@db.example:5433/sluice?sslmode=verify-full', 'postgres://anna@db.example:5433/sluice'],
    ['postgres://db/sluice?password=s3cret', 'postgres://db/sluice'],
    ['postgres://anna@/sluice?host=%2Frun%2Fpostgresql', 'postgres://anna@localhost/sluice'],
    ['postgres://[::1', 'postgres://...'],
  ])('is shown without what nobody should read: %s', (address, shown) => {
    expect(shownAddress(address)).toBe(shown)
  })

  it('and the environment may hold secrets, which no message tells', () => {
    const address = 'postgres://anna:in%40url@db/sluice?sslpassword=of-key'
    const env = {PGPASSWORD: 'in-environment'}
    expect(secretsOf(address, env)).toEqual(expect.arrayContaining(['in@url', 'in%40url', 'of-key', 'in-environment']))
    const error = new Error('no: in@url, in%40url, of-key, in-environment')
    expect(trouble(address, error, env).message).not.toMatch(/in@url|in%40url|of-key|in-environment/)
  })

  it('gives each system a schema of its own, as long as its name may be', () => {
    const [a, b] = [`${'x'.repeat(99)}a`, `${'x'.repeat(99)}b`].map(schemaNameOf)
    expect(schemaNameOf('shop')).toBe('sluice_shop')
    expect(a).not.toBe(b)
    expect(Buffer.byteLength(a ?? '')).toBeLessThanOrEqual(63)
  })
})

describe('trouble with a record in PostgreSQL', () => {
  it.each([
    ['28P01', 'does not let us in'],
    ['3D000', 'is no database that it knows'],
    ['42501', 'does not let us do this'],
    ['25006', 'can only be read'],
    ['53100', 'its disk is full'],
    ['53300', 'has no connection left'],
    ['57P01', 'is being shut down'],
    ['57014', 'took too long'],
    ['ECONNREFUSED', 'nobody listens there'],
    ['ENOTFOUND', 'its name is not known'],
    ['XX001', 'is damaged'],
    ['22000', 'cannot be used'],
  ])('names %s', (code, text) => {
    const {code: kind, message, hint} = trouble('postgres://db/sluice', Object.assign(new Error('as said'), {code}))
    expect([kind, message]).toEqual(['state-failed', expect.stringContaining(text)])
    expect(message).toContain('as said')
    expect(hint).toBeTruthy()
  })
})
