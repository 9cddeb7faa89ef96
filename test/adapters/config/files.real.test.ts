import {execFileSync} from 'node:child_process'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {findConfig} from '../../../src/adapters/config/find.ts'
import {inside} from '../../../src/adapters/config/inside.ts'
import {readConfig} from '../../../src/adapters/config/read.ts'
import {remove, temporaryFolder} from '../../support/git.ts'

let root: string
beforeEach(() => {
  root = temporaryFolder()
  mkdirSync(join(root, 'a', 'b'), {recursive: true})
  mkdirSync(join(root, 'other'))
})
afterEach(() => remove(root))

describe('findConfig', () => {
  it('looks from the working directory upwards', async () => {
    writeFileSync(join(root, 'sluice.yaml'), 'sluice: 1\n')
    expect(await findConfig(join(root, 'a', 'b'))).toEqual({ok: true, value: join(root, 'sluice.yaml')})
    writeFileSync(join(root, 'a', 'sluice.yaml'), 'sluice: 1\n')
    expect(await findConfig(join(root, 'a', 'b'))).toEqual({ok: true, value: join(root, 'a', 'sluice.yaml')})
  })

  it('takes what --config names: a file of any name, or a folder', async () => {
    writeFileSync(join(root, 'other', 'sluice.yaml'), 'sluice: 1\n')
    writeFileSync(join(root, 'other', 'mine.yaml'), 'sluice: 1\n')
    expect(await findConfig(root, 'other')).toEqual({ok: true, value: join(root, 'other', 'sluice.yaml')})
    expect(await findConfig(root, 'other/mine.yaml')).toEqual({ok: true, value: join(root, 'other', 'mine.yaml')})
  })

  it('says what is missing', async () => {
    expect(await findConfig(root, 'other')).toMatchObject({
      failure: {code: 'config-missing', message: 'other holds no sluice.yaml'},
    })
    expect(await findConfig(root, 'none.yaml')).toMatchObject({failure: {message: 'there is no none.yaml'}})
    expect(await findConfig(join(root, 'a'))).toMatchObject({
      failure: {
        message: `there is no sluice.yaml in ${join(root, 'a')} or above`,
        hint: 'write one with "sluice init", or name it with --config',
      },
    })
  })
})

describe('readConfig', () => {
  it('reads text, and nothing else', async () => {
    const file = join(root, 'sluice.yaml')
    writeFileSync(file, 'system: größe\n')
    expect(await readConfig(file)).toEqual({ok: true, value: {file, text: 'system: größe\n'}})
    writeFileSync(file, Buffer.from([0xff, 0xfe, 0x00]))
    expect(await readConfig(file)).toMatchObject({
      failure: {code: 'config-invalid', problems: [{line: 1, column: 1, message: 'it is not UTF-8 text'}]},
    })
    expect(await readConfig(root)).toMatchObject({failure: {problems: [{message: 'it is no file'}]}})
    expect(await readConfig(join(root, 'gone'))).toMatchObject({
      failure: {problems: [{message: 'there is no such file or folder'}]},
    })
    // Nobody writes to it: opening it would wait for ever.
    execFileSync('mkfifo', [join(root, 'pipe')])
    expect(await readConfig(join(root, 'pipe'))).toMatchObject({failure: {problems: [{message: 'it is no file'}]}})
  })
})

describe('inside', () => {
  it('follows links, and never out of its root', async () => {
    writeFileSync(join(root, 'other', 'secret'), '')
    symlinkSync(join(root, 'a', 'b'), join(root, 'a', 'link'))
    symlinkSync(join(root, 'other'), join(root, 'a', 'escape'))
    expect(await inside(join(root, 'a'), 'b')).toEqual({ok: true, value: join(root, 'a', 'b')})
    expect(await inside(join(root, 'a'), 'link')).toEqual({ok: true, value: join(root, 'a', 'b')})
    expect(await inside(join(root, 'a'), '.')).toEqual({ok: true, value: join(root, 'a')})
    for (const path of ['../other', 'escape', 'escape/secret', join(root, 'other')]) {
      expect(await inside(join(root, 'a'), path)).toMatchObject({ok: false, failure: {code: 'not-found'}})
    }
  })
})
