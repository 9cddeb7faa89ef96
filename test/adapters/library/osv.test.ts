import nock from 'nock'
import {describe, expect, it} from 'vitest'
import {affects} from '../../../src/core/library/advisory.ts'
import {osv} from '../../../src/adapters/library/osv.ts'
import type {InUse} from '../../../src/adapters/library/source.ts'
import {withoutNetwork} from '../../support/no-network.ts'

const API = 'https://api.osv.dev'

const npm = (name: string, ...versions: string[]): InUse => ({catalogue: 'npm', name, versions})

const record = (id: string, name: string, more: object = {}) => ({
  id,
  summary: `${name} trusts its caller`,
  database_specific: {severity: 'HIGH'},
  affected: [
    {
      package: {ecosystem: 'npm', name},
      ranges: [
        {
          type: 'SEMVER',
          events: [{introduced: '0'}, {fixed: '1.2.0'}, {introduced: '2.0.0'}, {last_affected: '2.1.0'}],
        },
      ],
    },
  ],
  ...more,
})

withoutNetwork()

describe('OSV', () => {
  it('is asked for all versions at once, and then for each record once', async () => {
    nock(API)
      .post('/v1/querybatch', {
        queries: [
          {package: {name: 'a', ecosystem: 'npm'}, version: '1.0.0'},
          {package: {name: 'a', ecosystem: 'npm'}, version: '1.1.0'},
          {package: {name: 'b', ecosystem: 'npm'}, version: '1.0.0'},
        ],
      })
      .reply(200, {results: [{vulns: [{id: 'GHSA-1'}]}, {vulns: [{id: 'GHSA-1'}]}, {}]})
    nock(API).get('/v1/vulns/GHSA-1').reply(200, record('GHSA-1', 'a'))
    const answer = await osv.ask([npm('a', '1.0.0', '1.1.0'), npm('b', '1.0.0')])
    if (answer.is !== 'known') throw new Error(answer.why)
    const [advisory] = answer.advisories
    expect(answer.advisories).toHaveLength(1)
    expect(advisory).toMatchObject({id: 'GHSA-1', library: 'a', severity: 'high', title: 'a trusts its caller'})
    const weak = ['1.1.9', '1.2.0', '2.0.0', '2.1.0', '2.1.1'].map(version => advisory && affects(advisory, version))
    expect(weak).toEqual([true, false, true, true, false])
  })

  it('reads every page', async () => {
    const query = {package: {name: 'a', ecosystem: 'npm'}, version: '1.0.0'}
    nock(API)
      .post('/v1/querybatch', {queries: [query]})
      .reply(200, {results: [{vulns: [{id: 'GHSA-1'}], next_page_token: 'more'}]})
      .post('/v1/querybatch', {queries: [{...query, page_token: 'more'}]})
      .reply(200, {results: [{vulns: [{id: 'GHSA-2'}]}]})
      .get('/v1/vulns/GHSA-1')
      .reply(200, record('GHSA-1', 'a'))
      .get('/v1/vulns/GHSA-2')
      .reply(200, record('GHSA-2', 'a'))
    const answer = await osv.ask([npm('a', '1.0.0')])
    expect(answer).toMatchObject({is: 'known', advisories: [{id: 'GHSA-1'}, {id: 'GHSA-2'}]})
  })

  it('leaves out what was taken back, and what is about another library', async () => {
    nock(API)
      .post('/v1/querybatch')
      .reply(200, {results: [{vulns: [{id: 'GHSA-1'}, {id: 'GHSA-2'}]}]})
      .get('/v1/vulns/GHSA-1')
      .reply(200, record('GHSA-1', 'a', {withdrawn: '2026-01-01T00:00:00Z'}))
      .get('/v1/vulns/GHSA-2')
      .reply(200, record('GHSA-2', 'other'))
    expect(await osv.ask([npm('a', '1.0.0')])).toEqual({is: 'known', advisories: []})
  })

  it('believes OSV on versions whose order it does not know itself', async () => {
    const affected = [
      {package: {ecosystem: 'PyPI', name: 'p'}, ranges: [{type: 'ECOSYSTEM', events: [{introduced: '0'}]}]},
    ]
    nock(API)
      .post('/v1/querybatch')
      .reply(200, {results: [{vulns: [{id: 'PYSEC-1'}]}]})
      .get('/v1/vulns/PYSEC-1')
      .reply(200, {id: 'PYSEC-1', aliases: ['CVE-2026-1'], affected})
    const answer = await osv.ask([{catalogue: 'PyPI', name: 'p', versions: ['2024.1.post2']}])
    if (answer.is !== 'known') throw new Error(answer.why)
    const [advisory] = answer.advisories
    expect(advisory).toMatchObject({id: 'CVE-2026-1', severity: 'unknown'})
    expect(advisory && affects(advisory, '2024.1.post2')).toBe(true)
  })

  it('says that it did not answer, rather than that there is nothing', async () => {
    nock(API).post('/v1/querybatch').reply(503, 'no')
    expect(await osv.ask([npm('a', '1.0.0')])).toEqual({
      is: 'unknown',
      why: 'it did not answer: 503 Service Unavailable',
    })
  })
})
