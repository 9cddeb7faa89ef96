import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {candidatesFor, type CommandFacts} from '../../src/commands/shared/candidates.ts'

const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {commands: Record<string, CommandFacts>}
const NAMES = {environments: ['production', 'staging'], services: ['accounts', 'billing']}

function wordsFor(...typed: readonly string[]): readonly string[] {
  const {words, files} = candidatesFor(typed, Object.values(commands), NAMES)
  return [...words.map(({word}) => word), ...(files ? ['(files)'] : [])]
}

describe('what may stand where the cursor is', () => {
  it('is a command at the beginning, and none that is hidden', () => {
    expect(wordsFor('')).toEqual(expect.arrayContaining(['plan', 'apply', 'rollout', 'matrix']))
    expect(wordsFor('pl')).not.toContain('complete')
  })

  it('is the rest of a name of two words', () => {
    expect(wordsFor('matrix', '')).toEqual(['plan', 'run', 'show'])
  })

  it('is the rest of a name, or an argument, where both may be', () => {
    expect(wordsFor('usage', '')).toEqual(['report', 'template', '(files)'])
  })

  it('is a flag that is not there yet', () => {
    const flags = wordsFor('plan', '--json', '--')
    expect(flags).toEqual(expect.arrayContaining(['--env', '--format', '--to']))
    expect(flags).not.toContain('--json')
    expect(wordsFor('plan', '--to', 'accounts=2.0.0', '--')).toContain('--to')
  })

  it.each<[string, string[], string[]]>([
    ['one of the options', ['plan', '--format', ''], ['tree', 'json', 'markdown', 'mermaid', 'html']],
    ['an environment', ['plan', '--env', 'pr'], NAMES.environments],
    ['an environment, by the short name', ['plan', '-e', ''], NAMES.environments],
    ['an environment, in one word', ['plan', '--env=st'], NAMES.environments],
    ['an environment, as bash cuts it', ['plan', '--env', '=', 'st'], NAMES.environments],
    ['an environment, as bash cuts it before anything follows', ['plan', '--env', '='], NAMES.environments],
    ['a service and its version', ['plan', '--to', ''], ['accounts=', 'billing=']],
    ['the name of a file', ['plan', '--out', ''], ['(files)']],
    ['a file as an argument', ['apply', ''], ['(files)']],
    ['an argument that is one of several', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['a release', ['check', ''], ['accounts@', 'billing@']],
    ['services', ['matrix', 'run', 'accounts', ''], NAMES.services],
    ['nothing that anybody knows', ['apply', '--reason', ''], []],
    ['nothing after what is no command', ['paln', ''], []],
  ])('is %s', (_, typed, words) => {
    expect(wordsFor(...typed)).toEqual(words)
  })
})
