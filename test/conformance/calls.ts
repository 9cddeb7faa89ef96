import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {UsageRecord} from '../../src/adapters/calls/record/record.ts'
import type {Result} from '../../src/core/base/result.ts'
import type {Batch} from '../../src/core/usage/batch.ts'
import type {Client} from '../../src/core/usage/identity.ts'
import type {Row} from '../../src/core/usage/tally.ts'

const HOUR_MS = 3_600_000
const BILLING: Client = {kind: 'service', name: 'billing'}

function row(hour: number, calls: number, client: Client = BILLING, major: number | null = 1): Row {
  const first = hour * HOUR_MS + 1
  return {contract: 'accounts-api', major, minor: null, client, hour, calls, errors: 1, first, last: first + calls}
}

function batch(rows: readonly Row[], difference: Partial<Batch> = {}): Batch {
  return {source: 'lb1', rows, lines: {read: 5, matched: 4, unparsed: 1, notices: 0}, gaps: [], ...difference}
}

const reading = (from: number, to: number) => ({file: {mark: {digest: 'abc', length: 3}, from, to}})

/** What is relied on of every place that calls are written down in. */
export function callsConformance(
  name: string,
  open: () => Promise<(environment: string) => Promise<UsageRecord>>,
): void {
  describe(`calls in ${name}`, () => {
    let record: UsageRecord
    let another: (environment: string) => Promise<UsageRecord>

    beforeEach(async () => {
      another = await open()
      record = await another('prod')
    })
    afterEach(() => record.close())

    it('are none where nothing was written, and nothing is made by looking', async () => {
      expect(valueOf(await record.recorded())).toEqual({totals: [], days: [], sources: []})
      expect(valueOf(await record.files())).toEqual([])
      expect(valueOf(await record.cursor('lb1'))).toBeNull()
    })

    it('add up by client and hour, with the first and the last', async () => {
      const odd: Client = {kind: 'agent', name: 'x" \'); --'}
      valueOf(await record.commit(batch([row(48, 3), row(49, 2, odd), row(24, 5, BILLING, null)])))
      valueOf(await record.commit(batch([row(48, 7)])))
      const {totals, days, sources} = valueOf(await record.recorded())
      const first = 48 * HOUR_MS + 1
      expect(totals).toContainEqual({
        contract: 'accounts-api',
        major: 1,
        minor: null,
        client: BILLING,
        calls: 10,
        errors: 2,
        first,
        last: first + 7,
      })
      expect(totals.map(({client, calls, major}) => `${client.name} ${calls} ${major}`).sort()).toEqual(
        ['billing 10 1', 'billing 5 null', 'x" \'); -- 2 1'].sort(),
      )
      expect(days.map(({day, calls}) => [day / HOUR_MS, calls]).sort()).toEqual([
        [24, 5],
        [48, 12],
      ])
      expect(sources).toMatchObject([{name: 'lb1', contracts: ['accounts-api'], lines: {read: 10, matched: 8}}])
      expect(valueOf(await record.recorded(48 * HOUR_MS)).totals).toHaveLength(2)
    })

    it('are written once only, however often somebody tries, and by whom', async () => {
      valueOf(await record.commit(batch([row(1, 1)], reading(0, 10))))
      const other = await another('prod')
      expect(await other.commit(batch([row(1, 1)], reading(0, 10)))).toMatchObject({failure: {code: 'locked'}})
      valueOf(await other.commit(batch([row(1, 1)], reading(10, 20))))
      await other.close()
      expect(valueOf(await record.files())).toMatchObject([{offset: 20, source: 'lb1'}])
      expect(valueOf(await record.recorded()).totals).toMatchObject([{calls: 2}])
      valueOf(await record.commit(batch([], {cursor: {from: null, to: 'a'}})))
      expect(await record.commit(batch([], {cursor: {from: null, to: 'b'}}))).toMatchObject({ok: false})
      expect(valueOf(await record.cursor('lb1'))).toBe('a')
    })

    it('keep stretches and gaps of each source, until it is forgotten', async () => {
      const gap = {from: 5, to: 9, reason: 'cut'}
      valueOf(await record.commit(batch([row(1, 1)], {gaps: [gap, gap], stretch: {run: 'a', from: 3, to: 8}})))
      valueOf(await record.commit(batch([], {gaps: [gap], stretch: {run: 'a', from: 1, to: 5}})))
      const [source] = valueOf(await record.recorded()).sources
      expect(source).toMatchObject({gaps: [gap], stretches: [{from: 1, to: 8}]})
      valueOf(await record.commit(batch([], {cursor: {from: null, to: '{"counts":[]}'}})))
      const compared = '{"base":{},"last":{}}'
      valueOf(await record.commit(batch([], {source: 'lb2', cursor: {from: null, to: compared}})))
      valueOf(await record.forget('lb1'))
      valueOf(await record.forget('lb2'))
      expect(valueOf(await record.cursor('lb1'))).toBe('{"counts":[]}')
      expect(valueOf(await record.cursor('lb2'))).toBeNull()
      const left = valueOf(await record.recorded())
      expect([left.sources, left.totals.length]).toEqual([[], 1])
    })

    it('take many clients at once, and keep environments apart', async () => {
      const clients = Array.from({length: 1200}, (_, n): Client => ({kind: 'agent', name: `a${n}`}))
      valueOf(await record.commit(batch(clients.map(client => row(1, 1, client)))))
      valueOf(await record.commit(batch(clients.map(client => row(1, 1, client)))))
      const {totals} = valueOf(await record.recorded())
      expect([totals.length, totals.every(({calls}) => calls === 2)]).toEqual([1200, true])
      const staging = await another('staging')
      expect(valueOf(await staging.recorded()).totals).toEqual([])
      await staging.close()
    })
  })
}

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new Error(result.failure.message)
}
