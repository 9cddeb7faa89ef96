import {mkdir, mkdtemp, readFile, rename, rm, stat, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type Installs, installsIn} from '../../../src/adapters/matrix/installs.ts'
import {writeAll} from '../../support/matrix-rig.ts'

let folder: string
let installs: Installs

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-installs-'))
  installs = installsIn(join(folder, 'cache'))
  const files = {'node_modules/lib/index.js': 'good', 'app/node_modules/other/index.js': 'good'}
  await writeAll(join(folder, 'first'), files)
  await installs.keep('key', join(folder, 'first'), ['node_modules'])
})

afterEach(() => rm(folder, {recursive: true, force: true}))

const LIBRARY = 'node_modules/lib/index.js'

/** A cell of its own that takes the libraries. */
async function cell(name: string) {
  const checkout = join(folder, name)
  await mkdir(checkout)
  const taken = await installs.take('key', checkout)
  const library = join(checkout, LIBRARY)
  return {
    giveBack: async () => taken?.giveBack(),
    library,
    text: async () => readFile(library, 'utf8'),
    file: async () => (await stat(library)).ino,
    path: (name: string) => join(checkout, name),
  }
}

describe('installed libraries that are kept', () => {
  it('are taken by every cell', async () => {
    const [one, two] = [await cell('one'), await cell('two')]
    expect([await one.text(), await two.text()]).toEqual(['good', 'good'])
    expect(await readFile(one.path('app/node_modules/other/index.js'), 'utf8')).toBe('good')
    expect(await one.file()).not.toBe(await two.file())
    expect(await installs.take('unknown', join(folder, 'two'))).toBeUndefined()
  })

  it('are handed on as they are where nothing wrote into them', async () => {
    const one = await cell('one')
    const file = await one.file()
    await one.giveBack()
    expect(await (await cell('two')).file()).toBe(file)
  })

  it('are handed on without what test tools put beside them', async () => {
    const one = await cell('one')
    const file = await one.file()
    await writeAll(one.path('node_modules/.cache'), {'results.json': ''})
    await one.giveBack()
    const two = await cell('two')
    expect(await two.file()).toBe(file)
    await expect(stat(two.path('node_modules/.cache'))).rejects.toThrow('ENOENT')
  })

  it.each<[string, (library: string) => Promise<void>]>([
    [
      'changed a file and set its time back',
      async library => {
        const {atime, mtime} = await stat(library)
        await writeFile(library, 'evil')
        await utimes(library, atime, mtime)
      },
    ],
    ['added a file', library => writeFile(`${library}.map`, '')],
    ['moved a file away', library => rename(library, `${library}.moved`)],
  ])('are not handed on where a test %s', async (_, harm) => {
    const one = await cell('one')
    const file = await one.file()
    await harm(one.library)
    await one.giveBack()
    const two = await cell('two')
    expect(await two.text()).toBe('good')
    expect(await two.file()).not.toBe(file)
  })
})
