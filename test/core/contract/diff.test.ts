import {describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {type Bump, type Change, leastBump} from '../../../src/core/contract/change.ts'
import {apiDiff} from '../../../src/core/contract/diff.ts'
import {readDocument} from '../../../src/core/contract/document.ts'
import {highest, honesty} from '../../../src/core/contract/honest.ts'

type Json = Readonly<Record<string, unknown>>

function document(root: Json) {
  const read = readDocument({
    file: 'openapi.yaml',
    text: stringify({openapi: '3.1.0', ...root}, {aliasDuplicateObjects: false}),
  })
  if (!read.ok) throw new Error(read.failure.message)
  return read.value
}

function diff(before: Json, after: Json): readonly Change[] {
  return apiDiff({before: document(before), after: document(after)})
}

const operation = (over: Json = {}, method = 'post', path = '/accounts'): Json => ({
  paths: {[path]: {[method]: {responses: {200: {}}, ...over}}},
})
const json = (schema: unknown) => ({content: {'application/json': {schema}}})
const request = (schema: unknown) => operation({requestBody: {required: true, ...json(schema)}})
const response = (schema: unknown) => operation({responses: {200: json(schema)}})
const object = (properties: Json, more: Json = {}) => ({type: 'object', properties, ...more})
const query = (over: Json) => operation({parameters: [{in: 'query', name: 'page', schema: {type: 'integer'}, ...over}]})

describe('what a change of an operation asks for', () => {
  const both = {paths: {'/a': {get: {}, post: {}}}}
  const one = {paths: {'/a': {get: {}}}}
  it.each<[string, Json, Json, Bump]>([
    ['nothing', both, both, 'none'],
    ['an operation that is gone', both, one, 'major'],
    ['a new operation', one, both, 'minor'],
    [
      'another name of a parameter in the path',
      operation({}, 'get', '/a/{id}'),
      operation({}, 'get', '/a/{name}'),
      'none',
    ],
    ['a description', operation({summary: 'a'}), operation({summary: 'b'}), 'patch'],
    ['a deprecation', operation(), operation({deprecated: true}), 'minor'],
    ['a parameter that may be given', operation(), query({}), 'minor'],
    ['a parameter that must be given', operation(), query({required: true}), 'major'],
    ['a parameter that became required', query({}), query({required: true}), 'major'],
    ['a parameter that became optional', query({required: true}), query({}), 'minor'],
    ['a parameter that is gone', query({}), operation(), 'major'],
    [
      'a lower maximum of a parameter',
      query({schema: {type: 'integer'}}),
      query({schema: {type: 'integer', maximum: 10}}),
      'major',
    ],
    ['a body that must be sent', operation(), request({}), 'major'],
    ['a body that may be sent', operation(), operation({requestBody: json({})}), 'minor'],
    [
      'a media type that is gone',
      operation({requestBody: {content: {'text/a': {}, 'text/b': {}}}}),
      operation({requestBody: {content: {'text/a': {}}}}),
      'major',
    ],
    ['a good answer that is gone', operation({responses: {200: {}, 201: {}}}), operation(), 'major'],
    ['one more error', operation(), operation({responses: {200: {}, 409: {}}}), 'minor'],
    ['a credential that is wanted', operation(), operation({security: [{key: []}]}), 'major'],
    [
      'a credential that is not wanted any more',
      operation({security: [{key: []}]}),
      operation({security: []}),
      'minor',
    ],
    [
      'one more credential to choose',
      operation({security: [{key: []}]}),
      operation({security: [{key: []}, {token: []}]}),
      'minor',
    ],
  ])('%s', (_, before, after, bump) => {
    expect([diff(before, after).map(({text}) => text), leastBump(diff(before, after))]).toEqual([
      expect.anything(),
      bump,
    ])
  })
})

describe('what a change of a schema asks for, in a request and in a response', () => {
  const named = object({name: {type: 'string'}})
  const REF = {$ref: '#/components/schemas/A'}
  it.each<[string, unknown, unknown, Bump, Bump]>([
    ['a wider type', {type: 'integer'}, {type: 'number'}, 'minor', 'major'],
    ['a narrower type', {type: 'number'}, {type: 'integer'}, 'major', 'minor'],
    ['another type', {type: 'integer'}, {type: 'string'}, 'major', 'major'],
    ['null as well, as 3.0 writes it', {type: 'string'}, {type: 'string', nullable: true}, 'minor', 'major'],
    ['null as well, as 3.1 writes it', {type: 'string'}, {type: ['string', 'null']}, 'minor', 'major'],
    ['null no more', {type: ['string', 'null']}, {type: 'string'}, 'major', 'minor'],
    ['the same null in another way', {type: 'string', nullable: true}, {type: ['string', 'null']}, 'none', 'none'],
    ['one more value', {enum: ['a']}, {enum: ['a', 'b']}, 'minor', 'major'],
    ['one value less', {enum: ['a', 'b']}, {enum: ['a']}, 'major', 'minor'],
    ['a property that may be there', object({}), named, 'minor', 'minor'],
    ['a property that must be there', object({}), {...named, required: ['name']}, 'major', 'minor'],
    ['a property that became required', named, {...named, required: ['name']}, 'major', 'minor'],
    ['a property that became optional', {...named, required: ['name']}, named, 'minor', 'major'],
    ['a property that is gone', named, object({}), 'major', 'major'],
    [
      'a property deep inside',
      {type: 'array', items: named},
      {type: 'array', items: object({name: {type: 'integer'}})},
      'major',
      'major',
    ],
    ['a longer text', {type: 'string', maxLength: 5}, {type: 'string', maxLength: 9}, 'minor', 'major'],
    ['a shorter text', {type: 'string', maxLength: 9}, {type: 'string', maxLength: 5}, 'major', 'minor'],
    [
      'an exclusive bound, as 3.0 writes it',
      {minimum: 1, exclusiveMinimum: true},
      {exclusiveMinimum: 1},
      'none',
      'none',
    ],
    ['no other properties', named, {...named, additionalProperties: false}, 'major', 'minor'],
    [
      'one more alternative',
      {oneOf: [{type: 'string'}]},
      {oneOf: [{type: 'string'}, {type: 'integer'}]},
      'minor',
      'major',
    ],
    [
      'one alternative less',
      {oneOf: [{type: 'string'}, {type: 'integer'}]},
      {oneOf: [{type: 'string'}]},
      'major',
      'minor',
    ],
    ['the same in parts', {...named, required: ['name']}, {allOf: [named, {required: ['name']}]}, 'none', 'none'],
    [
      'the values of a dictionary',
      {additionalProperties: {type: 'integer'}},
      {additionalProperties: {type: 'string'}},
      'major',
      'major',
    ],
    ['another pattern', {pattern: '^a'}, {pattern: '^b'}, 'unclear', 'unclear'],
    ['a reference to the same', named, REF, 'none', 'none'],
  ])('%s', (_, before, after, asked, answered) => {
    const components = {components: {schemas: {A: named}}}
    const of = (make: (schema: unknown) => Json) =>
      leastBump(diff({...make(before), ...components}, {...make(after), ...components}))
    expect([of(request), of(response)]).toEqual([asked, answered])
  })

  it('ends where a schema comes back to itself', () => {
    const tree = (leaf: string) => ({
      ...response({$ref: '#/components/schemas/Tree'}),
      components: {
        schemas: {
          Tree: object({leaf: {type: leaf}, children: {type: 'array', items: {$ref: '#/components/schemas/Tree'}}}),
        },
      },
    })
    expect(diff(tree('string'), tree('string'))).toEqual([])
    expect(diff(tree('string'), tree('integer'))[0]).toMatchObject({
      bump: 'major',
      at: 'POST /accounts: response 200, leaf',
    })
    const circle = {
      ...response({$ref: '#/components/schemas/A'}),
      components: {schemas: {A: {$ref: '#/components/schemas/A'}}},
    }
    expect(diff(circle, circle)).toEqual([])
  })

  it('never finds a difference between a description and itself', () => {
    const schema = object(
      {
        a: {oneOf: [{type: 'string', pattern: 'x'}, {type: 'null'}]},
        b: {type: 'array', items: {enum: [1, 2]}, minItems: 1},
      },
      {required: ['a'], additionalProperties: {type: 'integer', minimum: 3}},
    )
    expect(diff(request(schema), request(schema))).toEqual([])
    expect(diff(response(schema), response(schema))).toEqual([])
  })
})

describe('a description that cannot be read', () => {
  it.each([
    ['swagger: "2.0"', 'is OpenAPI 2.0, and 3.0 and 3.1 are read'],
    ['a: 1', 'is no OpenAPI description'],
    ['{', 'is no OpenAPI description'],
  ])('%s', (text, said) => {
    const read = readDocument({file: 'a.yaml', text})
    expect(read.ok || read.failure.message).toBe(`a.yaml ${said}`)
  })
})

describe('honesty', () => {
  const breaking = diff({paths: {'/a': {get: {}}}}, {paths: {}})
  const adding = diff({paths: {}}, {paths: {'/a': {get: {}}}})
  it.each<[string, string, string, readonly Change[], boolean]>([
    ['a break within a major', '1.0.0', '1.1.0', breaking, false],
    ['an addition with a higher minor', '1.0.0', '1.1.0', adding, true],
    ['an addition with a higher patch', '1.0.0', '1.0.1', adding, false],
    ['an addition and the same version', '1.0.0', '1.0.0', adding, false],
    ['no change and the same version', '1.0.0', '1.0.0', [], true],
    ['more than was needed', '1.0.0', '1.1.0', [], true],
  ])('%s', (_, before, after, changes, honest) => {
    expect(honesty(1, before, after, changes).honest).toBe(honest)
  })

  it('looks at the highest version of each major', () => {
    expect([...highest(['2.0.0', '1.1.0', '1.10.0', '2.0.1'])]).toEqual([
      [1, '1.10.0'],
      [2, '2.0.1'],
    ])
  })
})
