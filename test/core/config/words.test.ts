import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {splitWords} from '../../../src/core/config/words.ts'

const words = (line: string) => {
  const split = splitWords(line)
  return 'words' in split ? split.words : split.wrong
}

describe('splitWords', () => {
  it('splits at spaces, but not within quotes', () => {
    expect(words('node server.js')).toEqual(['node', 'server.js'])
    expect(words('  npm \t run   "my test" ')).toEqual(['npm', 'run', 'my test'])
    expect(words(`a --title="it's here" --empty='' ''`)).toEqual(['a', `--title=it's here`, '--empty=', ''])
    expect(words(String.raw`say "a \"b\" \\ \n" 'raw \ back' plain\ word`)).toEqual([
      'say',
      String.raw`a "b" \ \n`,
      String.raw`raw \ back`,
      'plain word',
    ])
  })

  it('refuses what means something to a shell', () => {
    for (const line of ['a | b', 'a && b', 'a; b', 'a > b', 'echo $HOME', 'echo `id`', 'a (b)']) {
      expect(words(line)).toContain('means something to a shell only')
    }
    expect(words("echo '$HOME; |'")).toEqual(['echo', '$HOME; |'])
  })

  it('refuses what does not end, and what does not begin', () => {
    expect(words('a "b')).toBe('the quote " is not closed')
    expect(words('a \\')).toBe('nothing follows the last backslash')
    expect(words('   ')).toBe('no program is named')
    expect(words('"" a')).toBe('no program is named')
  })

  it('gives back any words that are quoted', () => {
    const word = fc.string().filter(text => text !== '' && !text.includes("'"))
    fc.assert(
      fc.property(fc.array(word, {minLength: 1}), list => {
        expect(words(list.map(text => `'${text}'`).join(' '))).toEqual(list)
      }),
    )
  })
})
