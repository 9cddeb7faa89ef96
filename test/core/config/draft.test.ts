import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {composeDraft} from '../../../src/core/config/draft/compose.ts'
import {repositoriesDraft, type SeenRepository} from '../../../src/core/config/draft/repositories.ts'
import {draftText} from '../../../src/core/config/draft/text.ts'
import {parseConfig} from '../../../src/core/config/parse.ts'

const KNOWN = {runtimes: ['docker', 'process'], balancers: ['embedded']}

function compose(file: unknown) {
  const draft = composeDraft({file: 'compose.yaml', text: typeof file === 'string' ? file : stringify(file)}, 'folder')
  if (!draft.ok) throw new Error(draft.failure.message)
  const text = draftText(draft.value, 'schema.json')
  const config = parseConfig({file: 'sluice.yaml', text}, KNOWN)
  return {draft: draft.value, text, config}
}

function seen(name: string, files: Readonly<Record<string, string>>, versions: readonly string[] = []): SeenRepository {
  return {repo: `../${name}`, name, versions, files: new Map(Object.entries(files))}
}

describe('a draft from a compose file', () => {
  it('takes over images, ports, health, replicas, and who waits for whom', () => {
    const {draft, config} = compose(`
name: shop
x-common: &common { environment: { LOG: info, DB_PASSWORD: hunter2, URL: "http://u:p@host/", FROM: "\${X}" } }
services:
  accounts:
    <<: *common
    image: ghcr.io/acme/accounts:v1.4.0
    ports: ["127.0.0.1:8001:80/tcp"]
    healthcheck: { test: [CMD, curl, -f, "http://localhost:80/healthz"] }
    deploy: { replicas: 3 }
    depends_on: { db: { condition: service_healthy } }
  billing: { build: ., expose: ["8080"], depends_on: [accounts] }
  db: { image: "postgres:16" }
`)
    expect(draft.system).toBe('shop')
    expect(draft.leftOut).toEqual(['Left out: db (postgres:16), which is not upgraded by moving traffic.'])
    expect(draft.services).toMatchObject([
      {
        name: 'accounts',
        version: '1.4.0',
        listen: '127.0.0.1:8001',
        calls: [],
        run: {image: 'ghcr.io/acme/accounts:v{version}', port: 80, replicas: 3, health: '/healthz', env: {LOG: 'info'}},
      },
      {name: 'billing', version: '1.0.0', calls: ['accounts'], run: {image: 'billing:{version}', port: 8080}},
    ])
    expect(draft.services[0]?.notes).toEqual([expect.stringContaining('DB_PASSWORD, URL, FROM')])
    expect(config.ok).toBe(true)
  })

  it('names each call once, however often it is written', () => {
    const {draft, config} = compose({services: {a: {depends_on: ['b', 'b']}, b: {image: 'b:1.0.0'}}})
    expect(draft.services[0]?.calls).toEqual(['b'])
    expect(config.ok).toBe(true)
  })

  it('keeps apart two services whose names would become one', () => {
    const {draft, config} = compose({services: {'a b': {}, 'a-b': {depends_on: ['a b']}}})
    expect(draft.services).toMatchObject([
      {name: 'a-b', calls: []},
      {name: 'a-b-2', calls: ['a-b']},
    ])
    expect(config.ok).toBe(true)
  })

  it('writes no secret', () => {
    expect(
      compose({services: {a: {image: 'a:1.0.0', environment: {API_KEY: 'abc', TOKEN: 'hunter2'}}}}).text,
    ).not.toMatch(/abc|hunter2/)
  })

  it('says where a file is no YAML, and that one without services is none', () => {
    const wrong = composeDraft({file: 'compose.yaml', text: 'services: {a: [}'}, 'x')
    expect(wrong.ok || wrong.failure.problems?.[0]).toMatchObject({file: 'compose.yaml', line: 1})
    const merged = composeDraft({file: 'compose.yaml', text: 'services: { a: { <<: b } }'}, 'x')
    expect(merged.ok || merged.failure.problems?.[0]?.message).toContain('Merge sources')
    const none = composeDraft({file: 'compose.yaml', text: 'a: 1'}, 'x')
    expect(none.ok || none.failure.message).toBe('compose.yaml has no services')
    const stores = composeDraft({file: 'compose.yaml', text: 'services: { db: { image: "postgres:16" } }'}, 'x')
    expect(stores.ok || stores.failure.message).toBe('compose.yaml has only what is not upgraded by moving traffic: db')
  })

  it.each([
    ['acme/a:${TAG:-1.4.2}', 'acme/a:{version}', '1.4.2'],
    ['${REGISTRY:-registry.local:5000}/acme/a:v${TAG-2.0.0}', 'registry.local:5000/acme/a:v{version}', '2.0.0'],
    ['${A:-${B:-acme}}/a:1.0.0', 'acme/a:{version}', '1.0.0'],
    ['acme/a:${TAG:?say which}', 'acme/a:{version}', '1.0.0'],
    ['${REGISTRY}/a:$TAG', 'a:{version}', '1.0.0'],
    ['$IMAGE', 'one:{version}', '1.0.0'],
  ])('fills in what a variable of %s is where nobody sets it', (written, image, version) => {
    const {draft} = compose({services: {one: {image: written, ports: ['${PORT:-8001}:80']}}})
    expect(draft.services).toMatchObject([{version, listen: '127.0.0.1:8001', run: {image, port: 80}}])
  })

  it('aims at a pre-release by name, since latest never means one', () => {
    const {text} = compose({services: {a: {image: 'a:1.2.3-rc.1'}, b: {image: 'b:1.2.3'}}})
    expect(text).toContain('target: { a: 1.2.3-rc.1, b: latest }')
  })

  it('takes what is open to all and calls others for a client, and what others call, too, for critical', () => {
    const {config} = compose({
      services: {
        web: {image: 'web:1.0.0', ports: ['80:80'], depends_on: ['api']},
        api: {image: 'api:1.0.0', ports: ['81:80'], depends_on: ['own']},
        own: {image: 'own:1.0.0'},
      },
    })
    const roles = config.ok ? [...config.value.services.values()].map(({name, role}) => [name, role]) : []
    expect(Object.fromEntries(roles)).toEqual({web: 'client', api: 'critical', own: 'backend'})
  })

  it('is a file that is valid, whatever stands in the compose file', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9 _-]{0,6}$/)
    // A wrong merge key is refused: see above.
    const key = fc.string().filter(text => text !== '<<')
    const junk = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.string()),
      fc.dictionary(key, fc.string()),
    )
    const service = fc.record(
      {
        image: fc.oneof(fc.string(), fc.constant('a:1.2.3'), junk),
        ports: fc.oneof(fc.array(fc.oneof(fc.string(), fc.constant('80:80'))), junk),
        environment: fc.oneof(fc.dictionary(fc.stringMatching(/^[A-Z_]{1,5}$/), fc.string()), junk),
        depends_on: fc.oneof(fc.array(name), junk),
        healthcheck: fc.oneof(fc.record({test: fc.string()}), junk),
        deploy: fc.oneof(fc.record({replicas: fc.integer()}), junk),
      },
      {requiredKeys: []},
    )
    fc.assert(
      fc.property(fc.dictionary(name, service, {minKeys: 1, maxKeys: 4}), fc.string(), (services, system) => {
        const {config, text} = compose({name: system, services: {...services, last: {image: 'last:1.0.0'}}})
        expect(config.ok ? [] : config.failure.problems, text).toEqual([])
      }),
      {numRuns: 400},
    )
  })
})

describe('a draft from repositories', () => {
  const OPENAPI = 'openapi: 3.0.0\ninfo: { title: Accounts, version: 2.1.0 }\npaths: { /api/v2/accounts: {} }\n'

  it('knows an API by its description, and its callers by their settings', () => {
    const draft = repositoriesDraft(
      [
        seen('billing', {'package.json': '{}', '.env.example': 'ACCOUNTS_URL=http://localhost\nOTHER=1\n'}),
        seen('accounts', {'go.mod': '', Dockerfile: 'FROM x\nEXPOSE 8080\n', 'api/openapi.yaml': OPENAPI}, [
          '1.0.0',
          '1.1.0',
        ]),
      ],
      'shop',
      '..',
    )
    expect(draft.services).toMatchObject([
      {
        name: 'accounts',
        version: '1.1.0',
        run: {port: 8080},
        provides: [{name: 'accounts-api', version: '2.1.0', spec: 'api/openapi.yaml', path: '/api/v{major}/'}],
      },
      {name: 'billing', version: '1.0.0', calls: ['accounts'], run: {command: 'npm start'}},
    ])
    const config = parseConfig({file: 'sluice.yaml', text: draftText(draft, 's.json')}, KNOWN)
    expect(config.ok ? [] : config.failure.problems).toEqual([])
  })

  it('leaves the facts to the manifest where the newest release has one', () => {
    const manifest = 'service: accounts\nprovides: { accounts-api: [1.10.0, 2.0.0] }\n'
    const draft = repositoriesDraft(
      [
        {...seen('accounts', {'api/openapi.yaml': OPENAPI}, ['1.1.0']), manifest},
        seen('billing', {'.env.example': 'ACCOUNTS_URL=http://localhost\n'}),
      ],
      'shop',
      '..',
    )
    expect(draft.services[0]).toMatchObject({isDescribed: true, provides: [{name: 'accounts-api', version: '2.0.0'}]})
    const config = parseConfig({file: 'sluice.yaml', text: draftText(draft, 's.json')}, KNOWN)
    const releases = config.ok && [...config.value.services.values()].map(service => service.releases)
    expect(releases).toMatchObject([[], [{version: '1.0.0'}]])
  })

  it('knows the callers of a proto package', () => {
    const proto = 'syntax = "proto3";\npackage acme.accounts.v2;\n'
    const draft = repositoriesDraft(
      [seen('accounts', {'proto/accounts.proto': proto}), seen('billing', {'third_party/accounts.proto': proto})],
      'shop',
      '..',
    )
    expect(draft.services).toMatchObject([
      {name: 'accounts', provides: [{name: 'acme.accounts', version: '2.0.0'}], calls: []},
      {name: 'billing', provides: [], calls: ['accounts']},
    ])
  })
})
