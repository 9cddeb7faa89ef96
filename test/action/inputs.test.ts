import {describe, expect, it} from 'vitest'
import {type InputFacts, INPUTS, type InputName} from '../../src/action/definition.ts'
import {readInputs} from '../../src/action/inputs.ts'

const facts = (name: InputName): InputFacts => INPUTS[name]

/** Inputs as a runner hands them on: what action.yml defaults, and what the workflow says. */
function inputs(given: Partial<Record<InputName, string>>) {
  return readInputs(name => given[name] ?? facts(name).default ?? '')
}

describe('the inputs of the Action', () => {
  it('need not be given', () => {
    const read = inputs({})
    expect(read.ok && read.value).toMatchObject({
      command: 'plan',
      environment: undefined,
      comment: true,
      wait: false,
      allowLocalState: false,
      lockWaitMs: 0,
      cells: ['prod+pinned', 'prod+latest', 'master+pinned', 'master+latest'],
    })
  })

  it('are read as what they mean', () => {
    const read = inputs({
      command: 'check',
      to: ' accounts=^2 \n\nbilling=2.0.0:v1\n',
      releases: 'accounts@2.0.0',
      cells: 'master+latest',
      'lock-wait': '10m',
      comment: 'false',
    })
    expect(read.ok && [...read.value.to.keys()]).toEqual(['accounts', 'billing'])
    expect(read.ok && read.value).toMatchObject({
      releases: [{text: 'accounts@2.0.0', service: 'accounts'}],
      cells: ['master+latest'],
      lockWaitMs: 600_000,
      comment: false,
    })
  })

  it('are refused together, each with what is wrong', () => {
    const read = inputs({command: 'paln', to: 'accounts', wait: 'yes', 'lock-wait': 'soon', cells: 'prod'})
    expect(read.ok || read.failure.message.split('; ')).toEqual([
      'wrong inputs: command: "paln" is none of plan, check, apply, matrix, matrix plan, matrix show, usage',
      'to: "accounts" is not SERVICE=VERSION',
      'wait: "yes" is neither true nor false',
      'lock-wait: "soon" is no duration such as 30s, 15m or 7d',
      'cells: "prod" is none of prod+pinned, prod+latest, master+pinned, master+latest',
    ])
  })

  it('name a release where check asks about one', () => {
    const read = inputs({command: 'check'})
    expect(read.ok || read.failure.message).toContain('check needs SERVICE@VERSION')
  })
})
