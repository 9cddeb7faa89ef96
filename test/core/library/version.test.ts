import {describe, expect, it} from 'vitest'
import {compareVersions, isPrerelease, isVersion, leavesMajor, leavesMinor} from '../../../src/core/library/version.ts'

describe('versions', () => {
  it.each<[string, readonly string[]]>([
    ['semver', ['1.0.0-alpha.1', '1.0.0-rc.1', '1.0.0', '1.2.0', '1.10.0', '2.0.0']],
    ['Python', ['2.0.dev1', '2.0', '2.0.post1', '2.0.post2', '2.0.1', '2.9', '2.31.0', '2024.1', '1!0.1']],
    ['Ruby', ['6.1.0.rc1', '6.1', '6.1.4.1', '6.1.7.10', '7.0.8']],
    ['Maven', ['5.0.0.Alpha1', '5.0.0.Final', '5.0.0.SP1', '5.0.1.RELEASE', '31.0-jre', '32.1.3-android']],
    ['Go', ['v0.0.0-20230101000000-abcdefabcdef', 'v0.1.0', 'v1.2.3', 'v2.0.0+incompatible']],
    ['what is none', ['latest', '1.0']],
  ])('of %s stand in the order of its own tools', (_, ordered) => {
    expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered)
    expect(ordered.toSorted(compareVersions)).toEqual(ordered)
  })

  it('are the same where only zeros or a build differ', () => {
    expect(compareVersions('1.0', '1.0.0')).toBe(0)
    expect(compareVersions('v1.0.0', '1.0+cu118')).toBe(0)
    expect(compareVersions('31.0-jre', '31.0-android')).toBe(0)
  })

  it.each([
    ['1.0.0-rc.1', '2.0a1', '2.0b2', '2.0rc1', '2.0.dev3', '7.1.0.beta1', '5.0.0-M1', '6.0.0.CR1', '1.0-SNAPSHOT'],
    ['v0.0.0-20230101000000-abcdefabcdef', 'nightly', '3.0.0-alpha'],
  ])('are pre-releases: %s, %s, %s ...', (...versions) => {
    expect(versions.filter(version => !isPrerelease(version))).toEqual([])
  })

  it('are releases whatever the habit of their world', () => {
    const releases = [
      '1.0.0',
      '2.31',
      '2.0.post1',
      '6.1.7.10',
      '5.0.0.Final',
      '31.0-jre',
      'v2.0.0+incompatible',
      '1.0.SP2',
    ]
    expect(releases.filter(isPrerelease)).toEqual([])
    expect(isVersion('trunk')).toBe(false)
  })

  it.each([
    ['1.9', '2.0', true],
    ['1.9', '1.10.1', false],
    ['0.9', '0.10', true],
    ['0.9', '0.9.1', false],
    ['2024.1', '2025.1', true],
    ['1.0', '1!1.0', true],
    ['v1.9.0', 'v2.0.0+incompatible', true],
    ['trunk', '2.0', false],
  ])('%s to %s leaves the major version: %s', (from, to, leaves) => {
    expect(leavesMajor(from, to)).toBe(leaves)
  })

  it('leave the minor version where the second number differs', () => {
    expect(leavesMinor('1.0', '1.1')).toBe(true)
    expect(leavesMinor('1', '1.0.5')).toBe(false)
  })
})
