import {describe, expect, it} from 'vitest'
import {adviceOn} from '../../../src/core/graph/advise.ts'
import {systemOf} from '../../../src/core/graph/system-of.ts'
import {valid} from '../config/support.ts'

/** The warnings on a file whose first two lines are given, each as `line:column message`. */
function advice(text: string): string[] {
  const source = {file: 'sluice.yaml', text: `sluice: 1\nsystem: shop\n${text}`}
  const config = valid(source.text)
  const assembled = systemOf(config, new Map(), source)
  if (!assembled.ok) throw new Error(assembled.failure.message)
  return adviceOn(config, assembled.value.system, source).map(
    ({line, column, message}) => `${line}:${column} ${message}`,
  )
}

describe('advice', () => {
  it('says nothing where all is well', () => {
    expect(
      advice(`contracts: { x-api: { calls: { path: "/v{major}/" } }, far-api: {} }
services:
  a:
    data: source-of-truth
    run: { replicas: 2 }
    route: { backend: a }
    rollout: { steps: [50, 100], checks: [{ errors: "< 1%" }] }
    releases: { 1.0.0: { provides: { x-api: 1.0.0 } }, 2.0.0: { provides: { x-api: 2.0.0 }, upgradesFrom: ^1 } }
  b: { releases: { 1.0.0: { consumes: { x-api: "1 || 2", far-api: ^1 } } } }
apart: [[a, b]]
`),
    ).toEqual([])
  })

  it('names services that cannot be moved', () => {
    expect(advice('services:\n  a: {}\n  b: { repo: ../b }\n')).toEqual([
      '4:3 no release of a is known, so it cannot be moved',
      '5:3 no release of b is known, so it cannot be moved',
    ])
  })

  it('names contracts that nobody provides, and ranges that nobody meets', () => {
    expect(
      advice(`services:
  a: { releases: { 1.0.0: { provides: { x-api: 1.0.0 } } } }
  b: { releases: { 1.0.0: { consumes: { far-api: ^1 } }, 2.0.0: { consumes: { far-api: ^1, x-api: ^2 } } } }
  c: { releases: { 1.0.0: { consumes: { far-api: ^1 }, modes: { m: { consumes: { x-api: ^1 } }, n: { consumes: { x-api: ^3 } } } } } }
`),
    ).toEqual([
      '5:41 b calls far-api, which no service provides',
      '5:99 b 2.0.0 calls x-api ^2, which no release of a provides',
      '6:121 c 1.0.0:n calls x-api ^3, which no release of a provides',
    ])
  })

  it('names releases that nothing can be upgraded to', () => {
    expect(advice('services:\n  a: { releases: { 1.0.0: {}, 3.0.0: { upgradesFrom: ^2 } } }\n')).toEqual([
      '4:54 no known release of a is in "^2", so nothing can be upgraded to 3.0.0',
    ])
  })

  it('names majors that go away unseen', () => {
    const services =
      'services:\n  a: { releases: { 1.0.0: { provides: { x-api: [1.0.0, 2.0.0] } }, 2.0.0: { provides: { x-api: 2.0.0 } }, 3.0.0: {} } }\n'
    expect(advice(services)).toEqual(['4:3 a 2.0.0 drops x-api 1.x, and nothing says how a call to it looks'])
    expect(advice(`contracts:\n  x-api: {}\n${services}`)).toEqual([
      '4:3 a 2.0.0 drops x-api 1.x, and nothing says how a call to it looks',
    ])
  })

  it('asks for redundancy where the data is, environment by environment', () => {
    const releases = 'releases: { 1.0.0: {} }'
    expect(
      advice(
        `services:\n  a: { data: source-of-truth, ${releases} }\n  b: { data: source-of-truth, run: { replicas: 1 }, ${releases} }\n`,
      ),
    ).toEqual([
      '4:3 a is a source of truth, and 1 instance of it runs',
      '5:48 b is a source of truth, and 1 instance of it runs',
    ])
    const environments = `environments:
  production: { services: { a: { run: { replicas: 3 } } } }
  test: { services: { a: { run: { replicas: 1 } } } }
`
    expect(advice(`services:\n  a: { data: source-of-truth, ${releases} }\n${environments}`)).toEqual([
      '7:45 a is a source of truth, and 1 instance of it runs',
    ])
  })

  it('asks for redundancy on the way, where a rollout may leave one instance of the data', () => {
    const file = (run: string, rollout: string) =>
      advice(
        `services:\n  a: { data: source-of-truth, run: { ${run} }, releases: { 1.0.0: {} }, rollout: { ${rollout} } }\n`,
      )
    const left = (of: number) => [
      expect.stringContaining(
        `a is a source of truth, and may be left with 1 of its ${of} instances by its own rollout`,
      ),
    ]
    expect(file('replicas: 2', 'maxUnavailable: 1')).toEqual(left(2))
    expect(file('replicas: 3', 'maxUnavailable: 100%')).toEqual(left(3))
    expect(file('replicas: 3', 'maxUnavailable: 5')).toEqual(left(3))
    expect(file('replicas: 3', 'maxUnavailable: 1')).toEqual([])
    expect(file('replicas: 3', 'maxUnavailable: 2, leastHealthy: 2')).toEqual([])
    expect(file('replicas: 2', 'surge: proportional')).toEqual([])
  })

  it('looks at the way in each environment, and points at what takes it down there', () => {
    const text = `services:
  a: { data: source-of-truth, run: { replicas: 3 }, releases: { 1.0.0: {} }, rollout: { maxUnavailable: 1 } }
environments:
  production:
  test: { services: { a: { rollout: { maxUnavailable: 2 } } } }
  small: { services: { a: { run: { replicas: 2 } } } }
`
    const message = (of: number) =>
      `a is a source of truth, and may be left with 1 of its ${of} instances by its own rollout`
    expect(advice(text)).toEqual([`7:55 ${message(3)}`, `8:24 ${message(2)}`])
  })

  it('asks what becomes of copies', () => {
    expect(
      advice(`services:
  a: { data: cached, releases: { 1.0.0: { provides: { x-api: 1.0.0 } } } }
  b: { releases: { 1.0.0: { consumes: { x-api: ^1 } } } }
`),
    ).toEqual(['4:14 b may keep copies of what a answers, and nothing clears them when its contract changes'])
  })

  it('asks for checks where shares are held', () => {
    expect(advice('services:\n  a: { role: client, route: { backend: a }, releases: { 1.0.0: {} } }\n')).toEqual([
      '4:3 a goes through 10, 50, 100 %, and nothing is checked at any of them',
    ])
  })

  it('names checks that never come to a verdict: nothing to compare with, and nobody to ask', () => {
    const found = advice(`services:
  a:
    releases: { 1.0.0: {} }
    route: { backend: a }
    rollout: { checks: [{ compare: errors }, { prometheus: up, success: "== 1" }] }
environments: { prod: , test: { prometheus: { url: "http://p:9090" } } }
`)
    expect(found).toEqual([
      '7:25 a is never compared: at no share have both releases traffic',
      '7:46 in prod there is no prometheus to ask, so this check has no verdict there',
    ])
  })

  it('clears copies by a hook, client by client', () => {
    expect(
      advice(`services:
  a: { data: cached, invalidate: forget, releases: { 1.0.0: { provides: { x-api: 1.0.0 } } } }
  b: { hooks: { forget: ./forget }, releases: { 1.0.0: { consumes: { x-api: ^1 } } } }
  c: { releases: { 1.0.0: { consumes: { x-api: ^1 } } } }
`),
    ).toEqual(['4:14 c may keep copies of what a answers, and nothing clears them when its contract changes'])
  })

  it('names lists that keep nothing apart', () => {
    expect(advice('services: { a: { releases: { 1.0.0: {} } } }\napart:\n  - [somewhere, else]\n')).toEqual([
      '5:5 none of somewhere, else is a service of this system',
    ])
  })
})
