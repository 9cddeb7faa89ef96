import {access, constants, mkdtemp, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {Clock} from '../../ports/clock.ts'
import type {Finding} from '../../ports/finding.ts'
import {readIfThere, replaceFile} from '../files.ts'
import {placeAt, type Whereabouts} from '../state/place.ts'

const AREA = 'the record'

/** Slower than this, every act of a rollout waits noticeably for the disk. */
const SLOW_MS = 100

/** Whether rollouts can be recorded where the file says, and how. */
export async function lookAtRecord(where: Whereabouts, clock: Clock): Promise<readonly Finding[]> {
  const disk = 'file' in where ? [await folderOf(where.file, clock)] : []
  const {name, keeper} = await placeAt(where, clock)
  try {
    const seen = await keeper.read('nothing', async tables => {
      if ('file' in where) {
        const mode = await tables.all('PRAGMA journal_mode')
        const level = await tables.all('PRAGMA synchronous')
        const [sqlite] = await tables.all('SELECT sqlite_version() AS version')
        return `SQLite ${sqlite?.['version']}, journal ${mode[0]?.['journal_mode']}, synchronous ${level[0]?.['synchronous']}`
      }
      const [server] = await tables.all('SELECT version() AS version')
      const aheadMs = tables.now - clock.now()
      const off = Math.abs(aheadMs) > 5000 ? `; its clock is off by ${Math.round(aheadMs / 1000)} s` : ''
      return `${String(server?.['version']).split(' on ')[0]}${off}`
    })
    const is = {area: AREA, what: name}
    if (!seen.ok) {
      const {message, hint} = seen.failure
      return [...disk, {...is, level: 'bad', text: message, ...(hint && {todo: hint})}]
    }
    const text = seen.value === 'nothing' ? 'nothing is recorded yet' : seen.value
    return [...disk, {...is, level: 'good', text}]
  } finally {
    await keeper.close()
  }
}

/** Writes as the record is written, to its end on the disk, and leaves nothing behind. */
async function folderOf(file: string, clock: Clock): Promise<Finding> {
  const own = dirname(file)
  const folder = (await isThere(own)) ? own : dirname(own)
  const is = {area: AREA, what: `folder ${folder}`}
  try {
    const probe = await mkdtemp(join(folder, '.sluice-doctor-'))
    try {
      const began = clock.monotonic()
      await replaceFile(join(probe, 'probe'), 'whole')
      const ms = Math.round(clock.monotonic() - began)
      const isWhole = (await readIfThere(join(probe, 'probe'))) === 'whole'
      if (!isWhole)
        return {...is, level: 'bad', text: 'what is written is not read back', todo: 'keep it on a local disk'}
      const text = `writable, on disk within ${ms} ms`
      if (ms <= SLOW_MS) return {...is, level: 'good', text}
      return {...is, level: 'note', text, todo: 'a network disk? keep the record on a local one, or in PostgreSQL'}
    } finally {
      await rm(probe, {recursive: true, force: true})
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return {
      ...is,
      level: 'bad',
      text: message,
      todo: 'let sluice write there: rollouts are recorded beside sluice.yaml',
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
}
