import {readdirSync, readFileSync} from 'node:fs'
import {Parser} from '@oclif/core'
import type {Command as OclifCommand, Interfaces} from '@oclif/core'
import {describe, expect, it} from 'vitest'
import {isCommandFile} from '../../scripts/commands.ts'
import {manifestOf} from '../../scripts/manifest.ts'
import {splitWords} from '../../src/core/config/words.ts'
import {sluice} from '../support/sluice.ts'

const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as Interfaces.Manifest
const commands = Object.values(manifest.commands)
const nameOf = (id: string) => id.split(':')

/** An example as the words that a shell would hand on, without the name of the program. */
function wordsOf(example: unknown): readonly string[] {
  const words = splitWords(
    String(example)
      .replace('<%= config.bin %>', 'sluice')
      .replace(/ > .*$/, ''),
  )
  if (!('words' in words)) throw new Error(`${String(example)}: ${words.wrong}`)
  return words.words.slice(1)
}

describe('the manifest', () => {
  it('is what the built commands say', async () => {
    expect(manifest).toEqual(JSON.parse(JSON.stringify(await manifestOf(process.cwd()))))
  })

  it('has every command of the source', () => {
    const files = readdirSync('src', {recursive: true, encoding: 'utf8'}).filter(isCommandFile)
    const ids = files.map(file =>
      file
        .replace(/^commands\//, '')
        .replace(/(\/index)?\.ts$/, '')
        .replaceAll('/', ':'),
    )
    expect(Object.keys(manifest.commands).sort()).toEqual(ids.sort())
  })
})

describe.each(commands.map(command => [command.id, command] as const))('sluice %s', (id, command) => {
  it('says what it does, with examples', async () => {
    expect(command.summary).toMatch(/^[A-Z].*[.?]$/)
    expect(command.examples?.length).toBeGreaterThanOrEqual(2)
    for (const flag of Object.values(command.flags)) {
      expect(flag.description ?? flag.summary).toBeTruthy()
      // Whoever reads it sees it once, and in words.
      const {default: value} = flag as {default?: unknown}
      if (value !== undefined) expect(flag.description).not.toContain('[default')
      expect(typeof value).not.toBe('object')
    }
    const help = await sluice(...nameOf(id), '--help')
    expect([help.exit, help.stderr]).toEqual([0, ''])
    expect(help.stdout).toContain(command.summary)
    // oxlint-disable-next-line no-control-regex -- colours would be control characters
    expect(help.stdout).not.toMatch(/\u001b/)
  })

  it('has examples that are calls of it', async () => {
    const path = `../../src/commands/${(manifest.commands[id]?.relativePath ?? []).slice(2).join('/').replace(/\.js$/, '.ts')}`
    const {default: Command} = (await import(path)) as {default: OclifCommand.Class}
    const input = {args: Command.args, flags: {...Command.baseFlags, ...Command.flags}, strict: Command.strict}
    for (const example of command.examples ?? []) {
      const words = wordsOf(example).filter(word => word !== '--json')
      expect(words.slice(0, nameOf(id).length)).toEqual(nameOf(id))
      await expect(Parser.parse(words.slice(nameOf(id).length), input), words.join(' ')).resolves.toBeTruthy()
    }
  })
})
