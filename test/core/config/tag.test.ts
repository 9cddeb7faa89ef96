import {describe, expect, it} from 'vitest'
import {isTagName, isTagPattern, tagOf, versionPart} from '../../../src/core/config/tag.ts'

describe('a tag', () => {
  it('is made from a pattern and a version, and taken apart again', () => {
    expect(tagOf('v{version}', '1.2.0')).toBe('v1.2.0')
    expect(tagOf('acme/{version}-final', '$&')).toBe('acme/$&-final')
    expect(versionPart('v{version}', 'v1.2.0')).toBe('1.2.0')
    expect(versionPart('a-{version}-z', 'a-1.2.0-rc.1-z')).toBe('1.2.0-rc.1')
    expect(versionPart('{version}', '1.2.0')).toBe('1.2.0')
    for (const tag of ['1.2.0', 'v', 'x1.2.0']) expect(versionPart('v{version}', tag)).toBeUndefined()
    expect(versionPart('a{version}a', 'a')).toBeUndefined()
  })

  it('is one that git takes', () => {
    for (const name of ['v1.0.0', 'release/1.0.0', '1.0.0+build', 'größe-1', 'a@b'])
      expect([name, isTagName(name)]).toEqual([name, true])
    for (const name of [
      '',
      '@',
      '-v',
      'a b',
      'a..b',
      'a~1',
      'a^',
      'a:b',
      'a?',
      'a*',
      'a[',
      'a\\b',
      'a@{1}',
      'a//b',
      'a/',
      '/a',
      '.a',
      'a/.b',
      'a.lock',
      'a.',
      'a\u0001',
    ]) {
      expect([name, isTagName(name)]).toEqual([name, false])
    }
    expect(
      ['v{version}', '{version}', 'v', '{version}{version}', '-{version}', '{version}.lock'].map(isTagPattern),
    ).toEqual([true, true, false, false, false, false])
  })
})
