import {describe, expect, it} from 'vitest'
import {usedOf, type Recorded, type Used} from '../../../src/core/usage/used.ts'
import {PLAIN} from '../../../src/report/look.ts'
import {usageDocument} from '../../../src/report/usage/document.ts'
import {clientMessage} from '../../../src/report/usage/message.ts'
import {usageText} from '../../../src/report/usage/text.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 0, 10, 12)

const total = (major: number | null, name: string, calls: number, daysAgo: number) => ({
  contract: 'accounts-api',
  major,
  minor: null,
  client: {kind: 'service', name} as const,
  calls,
  errors: calls > 1000 ? 12 : 0,
  first: NOW - 3 * DAY,
  last: NOW - daysAgo * DAY,
})

const day = (daysAgo: number, calls: number) => ({
  contract: 'accounts-api',
  major: 1,
  day: Math.floor(NOW / DAY) * DAY - daysAgo * DAY,
  calls,
})

const RECORDED: Recorded = {
  totals: [total(1, 'mail', 3, 1), total(1, 'billing', 12_345, 0), total(2, 'billing', 7, 0), total(null, 'odd', 1, 2)],
  days: [day(3, 10_000), day(1, 2000), day(0, 348)],
  sources: [
    {
      name: 'lb1',
      stretches: [{from: NOW - 3 * DAY, to: NOW}],
      gaps: [{from: NOW - 2 * DAY, to: NOW - 2 * DAY + 3_600_000, reason: '2 lines of lb1 could not be read'}],
      contracts: ['accounts-api'],
      lines: {read: 12_400, matched: 12_356, unparsed: 2, notices: 5},
    },
  ],
}

const used = (): Used => usedOf(RECORDED, {}, [], NOW)

describe('who uses what', () => {
  it('is a table', () =>
    expect(`\n${usageText(used(), PLAIN)}`).toMatchInlineSnapshot(`
      "
      accounts-api  ·  no call missed since 2026-01-08 13:00Z
        before that: lb1 has a gap until 2026-01-08T13:00:00.000Z: 2 lines of lb1 could not be read
        gap 2026-01-08 12:00Z to 2026-01-08 13:00Z: 2 lines of lb1 could not be read

        no version named  1 call, 2026-01-07 12:00Z to 2026-01-08 12:00Z
          these may be calls to any version
          CLIENT  KNOWN BY      CALLS  FAILED  LAST CALL
          odd     service name      1       0  2026-01-08 12:00Z

        v1  12,348 calls, 12 failed, 2026-01-07 12:00Z to 2026-01-10 12:00Z
          2026-01-07 █ ▂▁ 2026-01-10
          would break if v1 went today:
          CLIENT   KNOWN BY       CALLS  FAILED  LAST CALL
          billing  service name  12,345      12  2026-01-10 12:00Z
          mail     service name       3       0  2026-01-09 12:00Z

        v2  7 calls, 2026-01-07 12:00Z to 2026-01-10 12:00Z
          would break if v2 went today:
          CLIENT   KNOWN BY      CALLS  FAILED  LAST CALL
          billing  service name      7       0  2026-01-10 12:00Z

      lines: 12,400 read, 12,356 matched, 2 unparsed, 5 other messages
      "
    `))

  it('sets what the balancer counted beside what was read', () => {
    const compared = {requests: 1200, lines: 1198}
    const sources = RECORDED.sources.map(source => ({...source, compared}))
    const both = usedOf({...RECORDED, sources}, {}, [], NOW)
    expect(usageText(both, PLAIN)).toContain('its balancer counted 1,200 requests, and 1,198 lines were read of them')
    expect(usageDocument(both).sources[0]).toMatchObject({compared})
  })

  it('says where nothing is recorded', () => {
    const nothing = usedOf({totals: [], days: [], sources: []}, {}, [], NOW)
    expect(usageText(nothing, PLAIN)).toMatch(/sluice usage --read.*sluice usage --ingest FILE\.\.\./)
  })

  it('is a document that keeps what scripts rely on', () => {
    const document = usageDocument(used())
    expect(document.lines).toMatchObject({read: 12_400, matched: 12_356, unparsed: 2})
    expect(document.contracts[0]?.versions[1]).toMatchObject({
      major: 1,
      calls: 12_348,
      firstSeen: '2026-01-07T12:00:00.000Z',
      lastSeen: '2026-01-10T12:00:00.000Z',
      clients: [
        {client: 'billing', evidence: 'service', calls: 12_345, lastSeen: '2026-01-10T12:00:00.000Z'},
        {client: 'mail', calls: 3},
      ],
    })
  })

  it('is a message to one client', () => {
    const endings = new Map([
      ['accounts-api', new Map([[1, {sunset: Date.UTC(2027, 0, 31), link: 'https://x.test/v2'}]])],
    ])
    const mine = usedOf(RECORDED, {client: 'billing'}, [], NOW)
    expect(`\n${clientMessage('billing', mine, endings)}`).toMatchInlineSnapshot(`
      "
      # Calls of billing

      This is what our access logs show of your calls. Please check them against what you know.

      | API | version | calls | failed | first call | last call | known by |
      |---|---|---:|---:|---|---|---|
      | \`accounts-api\` | v1 | 12,345 | 12 | 2026-01-07 12:00Z | 2026-01-10 12:00Z | service: billing |
      | \`accounts-api\` | v2 | 7 | 0 | 2026-01-07 12:00Z | 2026-01-10 12:00Z | service: billing |

      - \`accounts-api\` v1 stops to answer on 2027-01-31. Please move to v2. How to move: <https://x.test/v2>.
      "
    `)
  })
})
