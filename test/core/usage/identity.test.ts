import {describe, expect, it} from 'vitest'
import {nameOf, type EvidenceForm} from '../../../src/core/usage/identity.ts'
import {sourceName} from '../../../src/core/usage/source-name.ts'

const digest = (text: string) => `${'0'.repeat(10)}${text.length}${'f'.repeat(40)}`
const token = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

describe('the name that evidence gives', () => {
  it.each<[EvidenceForm, string, string | undefined]>([
    ['certificate', 'CN=svc-billing,O=acme', 'svc-billing'],
    ['certificate', '/O=acme/CN=svc-billing', 'svc-billing'],
    ['certificate', 'svc-billing', 'svc-billing'],
    ['keyHash', '9E9A839C7FC4AABBCCDDEE', '9e9a839c7fc4aabb'],
    ['keyHash', 'secret-key-in-clear', undefined],
    ['token', `Bearer ${token({sub: 'partner-42'})}`, 'partner-42'],
    ['token', token({sub: 'Jürgen'}), 'Jürgen'],
    ['token', token({}), undefined],
    ['token', 'Basic YTpi', undefined],
    ['service', ' billing ', 'billing'],
    ['service', '-', undefined],
    ['service', '', undefined],
    ['service', 'a\u001b[31mb\u202ec', 'a?[31mb?c'],
    ['service', 'x'.repeat(500), 'x'.repeat(128)],
    ['agent', 'okhttp/4.9.3 (Linux)', 'okhttp/4.9.3'],
    ['agent', 'Mozilla/5.0 (X11) Firefox/140', 'Mozilla/5.0 (X11) Firefox/140'],
  ])('%s %s is %s', (form, raw, name) => expect(nameOf(form, raw, digest)).toBe(name))

  it('never holds a key', () => {
    expect(nameOf('key', 'secret', digest)).toBe(digest('secret').slice(0, 16))
  })
})

describe('the name of a log', () => {
  it.each([
    '/l/a.log',
    '/l/a.log.1',
    '/l/a.log.2.gz',
    '/l/a.log-20260131.zst',
    '/l/a.log-2026-01-31',
    '/l/a.log-20260131-1769',
  ])('%s is a.log', path => expect(sourceName(path)).toBe('/l/a.log'))
})
