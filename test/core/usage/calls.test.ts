import {describe, expect, it} from 'vitest'
import type {CallPattern} from '../../../src/core/config/config.ts'
import {classifier, type Called, type WatchedContract} from '../../../src/core/usage/calls.ts'

function contract(calls: CallPattern, name = 'accounts-api', backends: string[] = []): WatchedContract {
  return {name, calls, backends}
}

function request(
  target: string,
  more: {headers?: Record<string, string>; backend?: string; rpc?: string} = {},
): Called {
  const {headers = {}, ...rest} = more
  return {target, header: name => headers[name], ...rest}
}

const byPath = classifier([contract({in: 'path', pattern: '/api/v{major}/'})])

/** `1`, `1.4`, `none`, or `-` for what is no call to the contract. */
function version(target: string, classify = byPath, more = {}): string {
  const [seen] = classify(request(target, more))
  if (!seen) return '-'
  return seen.major === null ? 'none' : seen.minor === null ? `${seen.major}` : `${seen.major}.${seen.minor}`
}

describe('a version in the path', () => {
  it.each([
    ['/api/v1/accounts', '1'],
    ['/api/v1/accounts?x=/api/v2/', '1'],
    ['/api/v1', '1'],
    ['/api/v1?x', '1'],
    ['/api/v1;session=1/x', '1'],
    ['/api;x=1/v1/x', '1'],
    ['/web/..;/api/v1/x', '1'],
    ['/api;/v1;a=/v2', '1'],
    ['/api/v1;a=b/../v2', '2'],
    ['/api/%2576%2531/x', 'none'],
    ['/api/v1%00/x', 'none'],
    ['//api/v1/x', '1'],
    ['/api//v1/x', '1'],
    ['/api/%76%31/x', '1'],
    ['/%61pi/v1/x', '1'],
    ['/api/v2/../v1/x', '1'],
    ['/api/v2/%2e%2E/v1/x', '1'],
    ['/api/./v1/x', '1'],
    ['/../api/v1/x', '1'],
    ['/api/V1/x', '1'],
    ['/API/v1/x', '1'],
    ['/api/v01/x', '1'],
    ['/api/v1.4/x', '1.4'],
    ['/api/v1.4.2/x', '1.4'],
    ['/api/v12/x', '12'],
    ['https://shop.test/api/v2/x', '2'],
    ['http://shop.test:8080', '-'],
    ['/api/v1%2Fx', '1'],
    ['/api%2fv1/x', '1'],
    ['/api\\v1\\x', '1'],
    ['/api/v1/..', 'none'],
    ['/api/v1/../x', 'none'],
    ['/api/x', 'none'],
    ['/api', 'none'],
    ['/api/v1beta1/x', 'none'],
    ['/api/vx/y', 'none'],
    ['/healthz', '-'],
    ['/apiv1/x', '-'],
    ['*', '-'],
  ])('%s is %s', (target, expected) => expect(version(target)).toBe(expected))

  it('names none where servers may read it in two ways', () => {
    expect(version('/api/v2/..%2Fv1/x')).toBe('none')
    expect(version('/api/v1//../v2/x')).toBe('none')
  })

  it('never decodes twice', () => expect(version('/api/%2576%2531/x')).toBe('none'))

  it('finds the package of a gRPC call', () => {
    const classify = classifier([contract({in: 'path', pattern: '/acme.bank.v{major}.'})])
    expect(version('/acme.bank.v1.Accounts/Get', classify)).toBe('1')
    expect(version('/acme.bank.Accounts/Get', classify)).toBe('none')
    expect(version('/acme.mail.v1.Letters/Get', classify)).toBe('-')
  })

  it('takes a minor that the pattern asks for', () => {
    const classify = classifier([contract({in: 'path', pattern: '/{major}/{minor}/'})])
    expect(version('/2/07/x', classify)).toBe('2.7')
  })
})

describe('a version elsewhere', () => {
  it.each([
    ['v{major}', 'v1', '1'],
    ['{major}', ' 2 ', '2'],
    ['{major}', '2.3', '2.3'],
    ['{major}', '2024-01-01', 'none'],
    ['application/vnd.acme.v{major}+json', 'text/html, application/vnd.acme.v1+json;q=0.9', '1'],
    ['application/vnd.acme.v{major}+json', 'application/vnd.acme.v3+json, application/vnd.acme.v2+json', '2'],
    ['application/json;version={major}', 'application/json; version=2', '2'],
    ['application/json;version={major}', 'application/json', 'none'],
  ])('header pattern %s reads %s as %s', (pattern, value, expected) => {
    const classify = classifier([contract({in: 'header', name: 'X-Version', pattern})])
    expect(version('/x', classify, {headers: {'x-version': value}})).toBe(expected)
  })

  it('reads the query', () => {
    const classify = classifier([contract({in: 'query', name: 'api-version', pattern: '{major}'})])
    expect(version('/x?a=b&api-version=%32', classify)).toBe('2')
    expect(version('/x?api-version=1&api-version=2', classify)).toBe('none')
    expect(version('/x', classify)).toBe('none')
  })

  it('reads the namespace of a JSON-RPC method', () => {
    const classify = classifier([contract({in: 'rpc', pattern: 'v{major}.'})])
    expect(version('/rpc', classify, {rpc: 'v1.accounts.get'})).toBe('1')
    expect(version('/rpc', classify, {rpc: 'accounts.get'})).toBe('none')
    expect(version('/rpc', classify)).toBe('-')
  })
})

describe('several contracts', () => {
  const path: CallPattern = {in: 'path', pattern: '/api/v{major}/'}
  const names = (classify: ReturnType<typeof classifier>, target: string, backend?: string) =>
    classify(request(target, backend === undefined ? {} : {backend})).map(seen => `${seen.contract} ${seen.major}`)

  it('tells them apart by back end, and counts for each where it cannot', () => {
    const classify = classifier([contract(path, 'a', ['be_a']), contract(path, 'b', ['be_b'])], ['web'])
    expect(names(classify, '/api/v1/x', 'be_a')).toEqual(['a 1'])
    expect(names(classify, '/api/v1/x', 'be_b')).toEqual(['b 1'])
    expect(names(classify, '/api/v1/x', 'web')).toEqual([])
    expect(names(classify, '/api/v1/x', 'who-knows')).toEqual(['a 1', 'b 1'])
    expect(names(classify, '/api/v1/x')).toEqual(['a 1', 'b 1'])
  })

  it('does not take the call to one for a call without version to another', () => {
    const classify = classifier([contract(path, 'a'), contract({in: 'path', pattern: '/api/mail/v{major}/'}, 'b')])
    expect(names(classify, '/api/mail/v1/x')).toEqual(['b 1'])
    expect(names(classify, '/api/mail/x')).toEqual(['a null', 'b null'])
  })

  it('misses a header only where the back end is known', () => {
    const header = (name: string) => contract({in: 'header', name: 'X-V', pattern: '{major}'}, name, [`be_${name}`])
    const classify = classifier([header('a'), header('b')])
    expect(names(classify, '/x', 'be_a')).toEqual(['a null'])
    expect(names(classify, '/x')).toEqual([])
  })
})
