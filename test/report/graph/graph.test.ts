import {stripVTControlCharacters} from 'node:util'
import {describe, expect, it} from 'vitest'
import {edgesOf} from '../../../src/core/graph/edges.ts'
import {graphOf} from '../../../src/core/graph/graph.ts'
import {graphDot, graphMermaid, graphTree} from '../../../src/report/graph/graph.ts'
import {jsonText} from '../../../src/report/json.ts'
import {type Asked, question} from '../../support/question.ts'

const SHOP: Asked = {
  services: {
    accounts: {
      '1.4.0': {provides: {'accounts-api': '1.4.0'}},
      '2.0.0': {provides: {'accounts-api': ['1.4.0', '2.0.0']}, consumes: {'ledger-api': '^3'}},
    },
    billing: {
      '1.0.0': {consumes: {'accounts-api': '^1.2'}},
      '2.0.0': {modes: {v1: {consumes: {'accounts-api': '^1.2'}}, v2: {consumes: {'accounts-api': '^2'}}}},
    },
    'say "hi"\u001b[31m': {'1.0.0': {consumes: {'accounts-api': '*'}}},
    worker: {'1.0.0': {}},
  },
  after: {worker: ['accounts']},
  current: {},
  target: {},
}

function graph(asked: Asked) {
  const {system} = question(asked)
  return graphOf(system, edgesOf(system))
}

describe('a graph', () => {
  it.each([80, 200])('as a tree in %i columns', columns => {
    expect(graphTree(graph(SHOP), {columns, colour: false})).toMatchSnapshot()
  })

  it('says the same with colours', () => {
    const text = graphTree(graph(SHOP), {columns: 80, colour: true})
    expect(text).toMatchSnapshot()
    expect(stripVTControlCharacters(text)).toBe(graphTree(graph(SHOP), {columns: 80, colour: false}))
  })

  it('as JSON', () => expect(jsonText(graph(SHOP))).toMatchSnapshot())
  it('as Mermaid', () => expect(graphMermaid(graph(SHOP))).toMatchSnapshot())
  it('as Dot', () => expect(graphDot(graph(SHOP))).toMatchSnapshot())
})
