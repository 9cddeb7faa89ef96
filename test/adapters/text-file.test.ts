import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {writeText} from '../../src/adapters/text-file.ts'

describe('a file that the user named', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sluice-text-'))))
  afterEach(() => rmSync(folder, {recursive: true}))

  it('is written with the folders that lead to it, twice as well as once', async () => {
    const file = join(folder, 'a', 'b', 'c.yaml')
    for (const text of ['one', 'two']) {
      expect(await writeText(file, text)).toEqual({ok: true, value: undefined})
      expect(readFileSync(file, 'utf8')).toBe(text)
    }
  })

  it('is refused below a file', async () => {
    writeFileSync(join(folder, 'a'), '')
    for (const name of ['a/b.yaml', 'a/b/c.yaml'])
      expect(await writeText(join(folder, name), '')).toMatchObject({
        ok: false,
        failure: {message: expect.stringContaining('a part of the path is a file')},
      })
  })

  it.skipIf(!existsSync('/proc/self'))('is refused where no folder can be made (needs /proc)', async () => {
    expect(await writeText('/proc/a/b/c.yaml', '')).toMatchObject({
      ok: false,
      failure: {message: '/proc/a/b/c.yaml cannot be written: no folder can be made in /proc'},
    })
  })
})
