import {describe, expect, it} from 'vitest'
import {sluice} from '../support/sluice.ts'

describe('a wrong call', () => {
  it.each([
    ['an unknown command', ['valdate'], 'unknown command valdate', 'did you mean sluice validate?'],
    ['an unknown command of a topic', ['rollout', 'lsit'], 'unknown command rollout lsit', undefined],
    [
      'an unknown flag',
      ['validate', '--confg', 'x'],
      'unknown flag --confg',
      'did you mean --config? --help lists every flag',
    ],
    ['a flag without its value', ['validate', '--config'], 'flag --config expects a value', 'see --help'],
    ['a flag with a wrong value', ['plan', '--to', 'a'], 'a: write SERVICE=VERSION', undefined],
    ['too many arguments', ['validate', 'x'], 'unexpected argument x', 'see sluice validate --help'],
  ])('%s ends with 2, as text and as a document', async (_, argv, message, hint) => {
    const text = await sluice(...argv)
    expect([text.exit, text.stdout]).toEqual([2, ''])
    expect(text.stderr).toContain(message)

    const json = await sluice(...argv, '--json')
    expect([json.exit, json.stderr]).toEqual([2, ''])
    expect(JSON.parse(json.stdout).error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message) as string,
      ...(hint && {hint}),
    })
  })
})
