import {cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type Database, driver} from '../../../src/adapters/state/driver.ts'
import {lookAt} from '../../../src/adapters/state/onlooker.ts'
import {APPLICATION_ID, FORMS, SQLITE} from '../../../src/adapters/state/schema.ts'

const ALL = FORMS.map(form => form(SQLITE))

/** What may be read of a record by whoever may not write to it, or beside it. */
describe('a record that is only looked at', () => {
  let folder: string
  let file: string

  beforeEach(() => {
    // A folder whose name means something in an address.
    folder = join(mkdtempSync(join(tmpdir(), 'sluice-look-')), 'a b%20?#&=')
    file = join(folder, 'state.db')
  })

  afterEach(() => rmSync(join(folder, '..'), {recursive: true}))

  /** By statements that are over at once: a connection with others left is not closed until they have been collected. */
  const made = async (forms = ALL): Promise<Database> => {
    mkdirSync(folder, {recursive: true})
    const isNew = !existsSync(file)
    const {DatabaseSync} = await driver()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA journal_mode = WAL')
    const head = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${forms.length};`
    if (isNew) database.exec(`${head} ${forms.join('')}`)
    return database
  }
  const put = (database: Database, last: number) =>
    database.exec(`INSERT INTO fence VALUES ('prod', ${last}) ON CONFLICT DO UPDATE SET last = excluded.last`)
  const fenceOf = (database: Database) => database.prepare('SELECT last FROM fence').get()?.['last']
  const look = (work: (database: Database) => unknown = fenceOf) => lookAt<unknown>(file, ALL, 'nothing', work)

  it('is read where nobody has it open, and nothing is left beside it', async () => {
    const owner = await made()
    put(owner, 41)
    owner.close()
    expect(await look()).toEqual({ok: true, value: 41})
    expect(readdirSync(folder).filter(name => name.startsWith('state'))).toEqual(['state.db'])
  })

  it('is none where there is none', async () => {
    expect(await look()).toEqual({ok: true, value: 'nothing'})
  })

  it('is read with what is not in the file itself yet while somebody writes', async () => {
    const owner = await made()
    put(owner, 41)
    put(owner, 42)
    expect(await look()).toEqual({ok: true, value: 42})
    owner.close()
  })

  it('is read with what somebody who was killed had written', async () => {
    const owner = await made()
    put(owner, 43)
    cpSync(folder, `${folder}-killed`, {recursive: true})
    owner.close()
    const killed = join(`${folder}-killed`, 'state.db')
    expect(await lookAt<unknown>(killed, ALL, 'nothing', fenceOf)).toEqual({ok: true, value: 43})
  })

  it.each([
    ['and is not done', false],
    ['and is done', true],
  ])('is read again where somebody begins to write meanwhile %s', async (_, isDone) => {
    const before = await made()
    put(before, 1)
    before.close()
    const seen: unknown[] = []
    let writer: Database | undefined
    const answer = await look(async database => {
      seen.push(fenceOf(database))
      if (writer) return fenceOf(database)
      writer = await made()
      put(writer, 2)
      if (isDone) writer.close()
      return 'of the past'
    })
    expect([seen, answer]).toEqual([[1, 2], {ok: true, value: 2}])
    if (!isDone) writer?.close()
  })

  it('is not answered of where it never stands still', async () => {
    const before = await made()
    put(before, 0)
    before.close()
    let last = 0
    const answer = await look(async () => {
      const writer = await made()
      put(writer, ++last)
      writer.close()
    })
    expect(answer).toMatchObject({ok: false, failure: {message: expect.stringContaining('was written to each time')}})
  })

  it('is refused where an older sluice has made it, since it cannot be brought up to date', async () => {
    ;(await made(ALL.slice(0, 1))).close()
    expect(await look()).toMatchObject({
      ok: false,
      failure: {
        message: expect.stringContaining('is of an older sluice'),
        hint: expect.stringContaining('rollout list'),
      },
    })
  })
})
