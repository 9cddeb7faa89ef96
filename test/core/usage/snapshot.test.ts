import {describe, expect, it} from 'vitest'
import {changeOf, snapshotFrom, snapshotText, summedCounts, type Snapshot} from '../../../src/core/usage/snapshot.ts'

const HOUR = 3_600_000

function snapshot(at: number, calls: Readonly<Record<string, number>>, more: Partial<Snapshot> = {}): Snapshot {
  const counts = Object.entries(calls).map(([name, count]) => ({
    contract: 'accounts-api',
    major: 1,
    client: {kind: 'service', name} as const,
    calls: count,
    last: at - 10,
  }))
  return {at, epoch: '1', counts, ...more}
}

const seen = ({rows}: ReturnType<typeof changeOf>) =>
  Object.fromEntries(rows.map(row => [row.client.name, [row.calls, row.first, row.last]]))

describe('counters that somebody else keeps', () => {
  it('count from the first look on, when the client was last seen', () => {
    const change = changeOf(undefined, snapshot(HOUR, {billing: 5}))
    expect(change.rows).toMatchObject([{calls: 5, hour: 0, first: HOUR - 10, last: HOUR - 10}])
    expect(change.gaps).toEqual([])
  })

  it('count what they grew by', () => {
    const change = changeOf(snapshot(1000, {billing: 5, mail: 2}), snapshot(2000, {billing: 7, mail: 2, web: 1}))
    expect(seen(change)).toEqual({billing: [2, 1000, 1990], web: [1, 1000, 1990]})
    expect(change.gaps).toEqual([])
  })

  it('have a gap where one shrank, or is gone before its time', () => {
    const gaps = [{from: 1000, to: 2000, reason: 'counters were cleared or dropped'}]
    const shrunk = changeOf(snapshot(1000, {billing: 5}), snapshot(2000, {billing: 3}))
    expect([seen(shrunk), shrunk.gaps]).toEqual([{billing: [3, 1000, 1990]}, gaps])
    expect(changeOf(snapshot(1000, {billing: 5}), snapshot(2000, {})).gaps).toEqual(gaps)
    expect(changeOf(snapshot(1000, {billing: 5}), snapshot(2000, {}, {expireMs: 1011})).gaps).toEqual(gaps)
    expect(changeOf(snapshot(1000, {billing: 5}), snapshot(2000, {}, {expireMs: 1010})).gaps).toEqual([])
  })

  it('go on after a restart that kept them, and begin anew after one that did not', () => {
    const before = snapshot(1000, {billing: 5, mail: 1})
    const kept = changeOf(before, snapshot(2000, {billing: 6, mail: 1}, {epoch: '2'}))
    expect([seen(kept), kept.gaps]).toEqual([{billing: [1, 1000, 1990]}, []])
    const lost = changeOf(before, snapshot(2000, {billing: 6}, {epoch: '2'}))
    expect(seen(lost)).toEqual({billing: [6, 1000, 1990]})
    expect(lost.gaps).toMatchObject([{reason: 'the counters began anew after a restart'}])
  })

  it('have a gap while the table is nearly full', () => {
    const {gaps} = changeOf(snapshot(1000, {a: 1}), snapshot(2000, {a: 1}, {doubt: 'nearly full'}))
    expect(gaps).toEqual([{from: 1000, to: 2000, reason: 'nearly full'}])
  })

  it('cover the time since they began, and have a gap where they began anew although nothing was lost', () => {
    const first = changeOf(undefined, snapshot(2000, {billing: 5}, {since: 1000}))
    expect([seen(first), first.gaps]).toEqual([{billing: [5, 1000, 1990]}, []])
    const same = changeOf(snapshot(2000, {billing: 5}), snapshot(3000, {billing: 5}, {since: 1000}))
    expect([seen(same), same.gaps]).toEqual([{}, []])
    const killed = changeOf(snapshot(2000, {billing: 5}), snapshot(3000, {billing: 6}, {since: 2500}))
    expect(seen(killed)).toEqual({billing: [1, 2000, 2990]})
    expect(killed.gaps).toMatchObject([{from: 2000, to: 3000, reason: /^calls may have gone uncounted until 1970/}])
  })

  it('are kept as text, and two keys of one name are one', () => {
    const one = snapshot(1000, {billing: 5})
    expect(snapshotFrom(snapshotText(one))).toEqual(one)
    expect(summedCounts([...one.counts, ...one.counts])).toMatchObject([{calls: 10, last: 990}])
  })
})
