import {describe, expect, it} from 'vitest'
import {parseManifest} from '../../../src/core/config/manifest.ts'
import {problemsOf, valid} from './support.ts'

const HEAD = 'sluice: 1\nsystem: shop\n'

describe('hostile files', () => {
  it('cannot reach the prototype of anything', () => {
    expect(problemsOf(`${HEAD}services:\n  __proto__: { run: { replicas: 9 } }\n  constructor: {}\n`)).toEqual([
      '4:3 "__proto__" is not a name for a service (letters, digits, and - _ . between them, at most 100)',
    ])
    expect(problemsOf(`${HEAD}services: {}\n__proto__: { polluted: true }\n`)).toEqual([
      '4:1 unknown key "__proto__" (there may be: sluice, system, state, contracts, services, apart, usage, notifications, environments)',
    ])
    const config = valid(
      `${HEAD}services: { constructor: { run: { env: { __proto__: x } } } }\nenvironments: { a: { runtime: { driver: docker, __proto__: { polluted: 1 } } } }\n`,
    )
    const service = config.services.get('constructor')
    expect(Object.keys(service?.run?.env ?? {})).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(config.environments.get('a')?.runtime.options['polluted']).toBeUndefined()
  })

  it('may nest only so deep', () => {
    expect(problemsOf(`${HEAD}services: ${'['.repeat(20_000)}`)).toEqual([
      '3:110 the file nests too deeply (nothing that is read here nests deeper than 100 levels)',
    ])
    expect(problemsOf(`${HEAD}services: ${'{a: '.repeat(20_000)}`)).toHaveLength(1)
    expect(
      problemsOf(Array.from({length: 20_000}, (_, depth) => `${' '.repeat(depth % 3000)}a:`).join('\n')),
    ).toHaveLength(1)
  })

  it('may not grow by aliases', () => {
    const laughs = Array.from(
      {length: 12},
      (_, level) => `  l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    )
    const text = `${HEAD}services: {}\nenvironments: { a: { runtime: { driver: docker, options: {\n  l0: &l0 lol,\n${laughs.join(',\n')} } } } }\n`
    expect(problemsOf(text)).toEqual(['12:12 aliases stand for more than 1000000 values'])
    const deep = Array.from({length: 50}, (_, level) => `l${level + 1}: &l${level + 1} [[[*l${level}]]]`)
    expect(problemsOf(`l0: &l0 [x]\n${deep.join('\n')}\n`)).toEqual(['34:14 aliases nest deeper than 100 levels'])
    expect(problemsOf(`${HEAD}services: &a { b: *a }\n`)).toEqual([
      '3:19 the alias *a stands inside of what it stands for',
    ])
    expect(problemsOf(`${HEAD}services: *gone\n`)).toEqual([
      '3:11 the alias *gone stands for nothing: there is no &gone before it',
    ])
  })

  it('may use aliases for what they are for, and are pointed into through them', () => {
    const text = `${HEAD}services:\n  a: &a { role: critical, run: &run { replicas: 2 } }\n  b: *a\n  c: { run: *run }\n`
    expect(valid(text).services.get('b')).toMatchObject({role: 'critical', run: {replicas: 2}})
    expect(problemsOf(`${HEAD}services:\n  a: &a { rolle: critical }\n  b: *a\n`)).toEqual([
      '4:11 unknown key "rolle" (did you mean "role"?)',
    ])
  })

  it('may not merge, and are told so', () => {
    expect(problemsOf(`${HEAD}services:\n  a: &a { role: critical }\n  b: { <<: *a }\n`)).toEqual([
      '5:8 merge keys (<<) are not read (write the keys out)',
    ])
    expect(problemsOf(`${HEAD}services:\n  <<: {}\n`)).toEqual([
      '4:3 merge keys (<<) are not read (write the keys out)',
    ])
  })

  it('say a key once', () => {
    expect(
      problemsOf(`${HEAD}services:\n  a: { role: client, role: critical }\n  b: {}\n  a: {}\n"system": x\n`),
    ).toEqual([
      '4:22 the key "role" stands twice (it stands in line 4 already; keep one)',
      '6:3 the key "a" stands twice (it stands in line 4 already; keep one)',
      '7:1 the key "system" stands twice (it stands in line 2 already; keep one)',
    ])
  })

  it('are text', () => {
    expect(problemsOf(`${HEAD}services: { a\0b: {} }\n`)).toEqual([
      '3:14 the file holds a character that is not text, such as a NUL byte (save it as UTF-8 text)',
    ])
    expect(problemsOf(`${HEAD}services:\n\ta: {}\n`)).toEqual([
      '4:1 a tab stands where YAML wants spaces (indent with spaces)',
    ])
    expect(problemsOf(`${HEAD}services: { a: !!js/function "x" }\n`)).toEqual([
      '3:16 unknown scalar tag !<tag:yaml.org,2002:js/function> (leave the tag (the word after !) out)',
    ])
    expect(problemsOf(`${HEAD}services: { [a, b]: {} }\n`)).toEqual([
      '3:13 a key must be text (write a name before the colon)',
    ])
    expect(problemsOf('')).toEqual(['1:1 the file is empty'])
    expect(problemsOf('# only a remark\n')).toEqual(['1:1 the file is empty'])
    expect(problemsOf('---\na: 1\n---\nb: 2\n')).toEqual(['1:1 the file holds 2 documents; it may hold one'])
    expect(problemsOf('- a\n- b\n')).toEqual([
      '1:1 a list is not a mapping with "sluice: 1", a system and its services',
    ])
    expect(problemsOf('just text\n')).toHaveLength(1)
  })

  it('may start with a byte order mark, and end their lines as they like', () => {
    expect(valid(`\uFEFF${HEAD.replaceAll('\n', '\r\n')}services: {}\r\n`).system).toBe('shop')
    expect(problemsOf(`\uFEFFslice: 1\r\nsystem: shop\r\nservices:\r\n  a: { rolle: x }\r\n`)).toEqual([
      '1:1 unknown key "slice" (did you mean "sluice"?)',
      '1:1 the key "sluice" is missing',
      '4:8 unknown key "rolle" (did you mean "role"?)',
    ])
  })

  it('are not read where they are too long', () => {
    const long = {file: 'm', text: `service: a\n#${'x'.repeat(300_000)}\n`}
    expect(parseManifest(long, 'a', '1.0.0')).toMatchObject({
      failure: [{line: 1, column: 1, message: 'the file is 300013 characters long; at most 262144 are read'}],
    })
  })

  it('with thousands of mistakes are answered in good time', () => {
    const services = Array.from(
      {length: 3000},
      (_, index) => `  service-${index}: { after: [servic-${index}], rolle: x }\n`,
    )
    expect(problemsOf(`${HEAD}services:\n${services.join('')}`)).toHaveLength(6000)
  })
})
