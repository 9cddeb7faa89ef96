import {spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {describe, expect, it} from 'vitest'
import {procTable} from '../../../src/adapters/processes/proc.ts'
import {psTable} from '../../../src/adapters/processes/ps.ts'
import {startRaw} from '../../support/backends.ts'
import {eventually} from '../../support/eventually.ts'
import {freePort} from '../../support/ports.ts'
import {rigged} from '../../support/rig.ts'

/** Listens at the port it is given, and has threads at work that end later than its first. */
const BUSY_LISTENER = `
  const {pbkdf2} = require('node:crypto')
  for (let thread = 1; thread <= 2; thread++) pbkdf2('', '', 1e9, 64, 'sha512', () => {})
  require('node:net').createServer().listen(process.argv[1], '127.0.0.1', () => console.log('listening'))
`

/** In CI a missing program is a failure, not a reason to leave a test out. */
const hasPs = process.env['CI'] === 'true' || spawnSync('ps', ['-o', 'lstart=', '-p', String(process.pid)]).status === 0
const tables = [
  {name: '/proc', table: procTable, isHere: process.platform === 'linux'},
  {name: 'ps', table: psTable, isHere: hasPs},
]

describe.for(tables)('processes as $name shows them', ({name, table, isHere}) => {
  it.runIf(isHere)(`tell when they started, always the same (${name})`, async () => {
    const rig = await rigged()
    const child = rig.hold(process.execPath, '-e', 'setInterval(() => {}, 1e6)')
    const started = await eventually(() => table.started(child.pid ?? 0))
    expect(table.started(child.pid ?? 0)).toBe(started)
    expect([table.boot(), table.started(1) !== started]).toEqual([table.boot(), true])
    child.kill('SIGKILL')
    await eventually(() => table.started(child.pid ?? 0) === undefined)
  })

  it.runIf(isHere)(`are gone when they are corpses (${name})`, async () => {
    const rig = await rigged()
    const script = `console.log(require('child_process').spawn('sleep', ['1000']).pid)`
    const parent = rig.hold(process.execPath, '-e', script)
    const child = Number(await new Promise(resolve => parent.stdout?.once('data', data => resolve(String(data)))))
    // A parent that stands still does not look after its dead.
    parent.kill('SIGSTOP')
    process.kill(child, 'SIGKILL')
    await eventually(() => table.started(child) === undefined)
    expect(table.started(parent.pid ?? 0)).toBeDefined()
  })

  it.runIf(isHere)(`hold nothing any more when they are gone (${name})`, async () => {
    const rig = await rigged()
    for (let round = 1; round <= 20; round++) {
      const port = await freePort()
      const child = rig.hold(process.execPath, '-e', BUSY_LISTENER, String(port))
      await once(child.stdout ?? child, 'data')
      child.kill('SIGKILL')
      await eventually(() => table.started(child.pid ?? 0) === undefined)
      const rival = await startRaw(() => undefined, port)
      await rival.close()
    }
  })

  it.runIf(isHere)(`are known by a mark in their environment, spaces in it or not (${name})`, async () => {
    const rig = await rigged()
    const child = rig.hold(
      'env',
      `SLUICE_INSTANCE=${rig.folder}/a b/accounts-1`,
      'PORT=4711',
      process.execPath,
      '-e',
      'setInterval(() => {}, 1e6)',
    )
    const [found] = await eventually(() => {
      const marked = table.marked('SLUICE_INSTANCE', `${rig.folder}/a b/`).filter(({env}) => env('PORT'))
      return marked.length > 0 && marked
    })
    expect(found).toMatchObject({
      pid: child.pid,
      started: table.started(child.pid ?? 0),
      mark: 'accounts-1',
      leads: false,
    })
    expect([found?.env('PORT'), found?.env('NOT_GIVEN')]).toEqual(['4711', undefined])
  })
})
