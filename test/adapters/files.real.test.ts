import {chmod, readdir, readFile, stat} from 'node:fs/promises'
import {expect, it} from 'vitest'
import {codeOf, readIfThere, replaceFile} from '../../src/adapters/files.ts'
import {rigged} from '../support/rig.ts'

it('puts a whole file in the place of another, and leaves nothing beside it', async () => {
  const {folder} = await rigged()
  const path = `${folder}/record.json`
  await Promise.all(Array.from({length: 20}, (_, n) => replaceFile(path, String(n).repeat(10_000))))
  expect(await readFile(path, 'utf8')).toMatch(/^(\d+)\1{9999}$/)
  expect((await readdir(folder)).filter(name => name !== 'tmp')).toEqual(['record.json'])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

it('fails where the folder is missing', async () => {
  const {folder} = await rigged()
  expect(codeOf(await replaceFile(`${folder}/none/record.json`, '').catch((error: unknown) => error))).toBe('ENOENT')
})

it('tells a file that is not there from one that cannot be read', async () => {
  const {folder, write} = await rigged()
  await chmod(await write('there', 'text'), 0o400)
  expect(await readIfThere(`${folder}/there`)).toBe('text')
  expect(await readIfThere(`${folder}/not-there`)).toBeUndefined()
  expect(codeOf(await readIfThere(folder).catch((error: unknown) => error))).toBe('EISDIR')
})
