import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {inventory, move, type Place} from '../../../src/adapters/state/copy.ts'
import {sqliteKeeper} from '../../../src/adapters/state/sqlite.ts'
import {stateIn} from '../../../src/adapters/state/state.ts'
import type {Keeper} from '../../../src/adapters/state/tables.ts'
import type {Result} from '../../../src/core/base/result.ts'
import type {Claim} from '../../../src/ports/state.ts'
import {handClock} from '../../support/clock.ts'
import type {Lease} from '../../../src/ports/state.ts'

const CLAIM: Claim = {
  environment: 'prod',
  rollout: 'r1',
  owner: {name: 'anna', host: 'one', pid: 1, boot: 'b', started: '1'},
  reason: 'apply',
  moves: ['a'],
  touches: ['a'],
  ttlMs: 1000,
}
const PLAN = {sluicePlan: 1, system: 's', environment: 'prod', fingerprint: '', optimal: true, steps: []} as const
const BEGUN = {code: 'rollout-begun', by: CLAIM.owner} as const

describe('moving a record', () => {
  const clock = handClock()
  let folder: string
  let from: Place
  let to: Place

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-move-'))
    const place = (name: string) => ({name, keeper: sqliteKeeper(join(folder, name, 'state.db'), clock)})
    ;[from, to] = [place('from'), place('to')]
  })
  afterEach(async () => {
    for (const {keeper} of [from, to]) await keeper.close()
    rmSync(folder, {recursive: true})
  })

  /** One rollout with more entries than go in one statement. */
  async function filled(): Promise<Lease> {
    const state = stateIn(from.keeper)
    const lease = valueOf(await state.acquire(CLAIM))
    valueOf(await state.begin(lease, {id: 'r1', environment: 'prod', plan: PLAN, startedAt: 1}, [BEGUN]))
    const many = Array.from({length: 1200}, () => ({code: 'step-started', step: 'a-1'}) as const)
    const settled = {service: 'a', state: null, pool: null}
    valueOf(await state.append(lease, 'r1', many, [settled]))
    valueOf(await state.release(lease))
    return lease
  }

  it('brings everything, counts it there, and sends whoever still asks', async () => {
    const given = await filled()
    const before = valueOf(await stateIn(from.keeper).list('prod', 9))
    const contents = valueOf(await move(from, to))
    expect(contents.rows).toEqual({fence: 1, rollout: 1, entry: 1201, request: 0, kept: 1})
    const moved = stateIn(to.keeper)
    expect(valueOf(await moved.list('prod', 9))).toEqual(before)
    expect(valueOf(await moved.acquire(CLAIM)).fence).toBe(given.fence + 1)
    const old = stateIn(from.keeper)
    for (const asked of [old.list('prod', 1), old.kept('prod'), old.acquire(CLAIM)])
      expect(messageOf(await asked)).toMatch(/^this record was moved to to on \d{4}-/)
  })

  it('is refused while a lease is held, and shuts out the holder of one that expired', async () => {
    await filled()
    const state = stateIn(from.keeper)
    const lease = valueOf(await state.acquire(CLAIM))
    expect(messageOf(await move(from, to))).toBe('prod is held by anna on one (pid 1), so its record stays where it is')
    expect(valueOf(await inventory(to.keeper))).toBeUndefined()
    await clock.advance(1001)
    valueOf(await move(from, to))
    expect(messageOf(await state.append(lease, 'r1', [BEGUN]))).toContain('was lost')
  })

  it('is refused where there is nothing, and over a record that is in use', async () => {
    expect(messageOf(await move(from, to))).toBe('there is no record in from')
    await filled()
    valueOf(await stateIn(to.keeper).acquire(CLAIM))
    expect(messageOf(await move(from, to))).toBe('there is a record in to already, and it is in use')
    expect(valueOf(await stateIn(from.keeper).list('prod', 1))).toHaveLength(1)
  })

  it('goes there and back', async () => {
    await filled()
    const there = valueOf(await move(from, to))
    expect(valueOf(await move(to, from))).toEqual(there)
    expect(valueOf(await stateIn(from.keeper).load('prod', 'r1')).entries).toHaveLength(1201)
    expect(messageOf(await stateIn(to.keeper).kept('prod'))).toContain('was moved to from')
    expect(messageOf(await move(to, from))).toBe('the record is in from already')
  })

  it.each([0, 1, 2])('cut off after %i writes at the target, leaves one record in force, and goes on', async writes => {
    await filled()
    expect((await move(from, {name: 'to', keeper: failingAfter(to.keeper, writes)})).ok).toBe(writes === 2)
    const inForce = await Promise.all([from, to].map(({keeper}) => stateIn(keeper).load('prod', 'r1')))
    // Between the two ends of a move nobody may act on either; one call more decides it.
    expect(inForce.filter(({ok}) => ok).length).toBe(writes === 1 ? 0 : 1)
    const again = await move(from, to)
    expect(again.ok || messageOf(again)).toBe(writes === 2 ? 'the record is in to already' : true)
    expect(valueOf(await stateIn(to.keeper).load('prod', 'r1')).entries).toHaveLength(1201)
  })
})

function failingAfter(keeper: Keeper, writes: number): Keeper {
  let left = writes
  return {
    ...keeper,
    write: work =>
      left-- > 0
        ? keeper.write(work)
        : Promise.resolve({ok: false, failure: {code: 'state-failed', message: 'cut off'}}),
  }
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
  return result.value
}

function messageOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.failure.message
}
