import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {embedded} from '../../src/adapters/balancer/embedded/driver.ts'
import {balancerProgram} from '../../src/adapters/balancer/embedded/open.ts'
import {DEFAULT_SETTINGS} from '../../src/adapters/balancer/embedded/settings.ts'
import {loadTable} from '../../src/adapters/balancer/embedded/table/store.ts'
import type {RolloutShown} from '../../src/core/rollout/show.ts'
import {eventually} from '../support/eventually.ts'
import {
  type Death,
  type Migration,
  type MigrationMade,
  openMigration,
  type There,
  towards,
} from '../support/migration.ts'
import {openPostgres, POSTGRES, type PostgresRig} from '../support/postgres.ts'
import type {Ran} from '../support/rig.ts'

/** `SLUICE_TEST_RECORD=postgresql npx vitest run --project real test/commands/kill.real.test.ts` has the record there. */
const IN_POSTGRES = process.env['SLUICE_TEST_RECORD'] === 'postgresql'
/** Systems side by side: most of their time is spent waiting. */
const LANES = 3
/** Only a machine that is busy with other things takes so long. */
const LONG_MS = 1_200_000
const RESUME = ['rollout', 'resume', '--waive', 'all'] as const

let server: PostgresRig | undefined
beforeAll(async () => {
  if (IN_POSTGRES) server = await openPostgres()
})
afterAll(() => server?.end())

async function under<T>(made: MigrationMade, work: (migration: Migration) => Promise<T>): Promise<T> {
  const migration = await openMigration({state: server?.address, ...made})
  try {
    return await work(migration)
  } finally {
    await migration.end()
  }
}

/** What an operator does after a crash: resumes, or, where nothing was begun yet or everything had ended, applies again. */
async function recover(migration: Migration, there: There): Promise<string> {
  const resumed = await migration.sluice(undefined, ...RESUME)
  const ran = resumed.code === 2 ? await migration.sluice(undefined, ...towards(there)) : resumed
  return ran.code === 0 ? '' : ran.stderr
}

/** What must not be, once the way is behind it. */
async function wrongAfter(migration: Migration, there: There): Promise<readonly string[]> {
  const shown = JSON.parse((await migration.rig.sluice('rollout', 'show', '--json')).stdout) as RolloutShown
  const record = shown.state === 'succeeded' ? [] : [`the record says ${shown.state}`]
  const spoiled = migration.load.seen().spoiled.map(({why}) => why)
  return [...record, ...spoiled, ...(await migration.wrong(there))]
}

describe('the command, killed with SIGKILL under load', () => {
  it(
    'after each of its journal writes in turn, is resumed: no request fails, and the record is true',
    async () => {
      const writes = await under(
        {name: 'counted'},
        async migration => (await migration.sluice(undefined, ...towards('new'))).commits,
      )
      expect(writes).toBeGreaterThan(30)
      const deaths = Array.from({length: writes}, (_, index): Death => ({at: index + 1, when: 'after'}))
      const lanes = Array.from({length: LANES}, (_, lane) => deaths.filter(({at}) => at % LANES === lane))
      const wrong = await Promise.all(
        lanes.map((own, lane) => under({name: `lane${lane}`}, migration => thereAndBack(migration, own))),
      )
      expect(wrong.flat()).toEqual([])
    },
    LONG_MS,
  )

  it(
    'before each of its journal writes, with the act done and not written down, one process after the other',
    async () => {
      await under({name: 'chain'}, async migration => {
        // Takes the lock, says that it goes on, writes one thing down, and dies before the next.
        const {deaths, last} = await oneAfterTheOther(migration, () => ({at: 4, when: 'before'}))
        // The last of them died with everything written down.
        expect([last.code, last.stderr]).toEqual([2, expect.stringContaining('has ended: succeeded')])
        expect(deaths).toBeGreaterThan(30)
        expect(await wrongAfter(migration, 'new')).toEqual([])
      })
    },
    LONG_MS,
  )
})

describe.skipIf(POSTGRES === undefined || IN_POSTGRES)('the command, with its record in postgresql', () => {
  it('before and after some of its journal writes, one process after the other: no request fails, and the record is true', async () => {
    const own = await openPostgres()
    try {
      await under({name: 'team', state: own.address}, async migration => {
        const {deaths, last} = await oneAfterTheOther(migration, nth => ({at: 11, when: nth % 2 ? 'after' : 'before'}))
        expect([0, 2], last.stderr).toContain(last.code)
        expect(deaths).toBeGreaterThan(3)
        expect(await wrongAfter(migration, 'new')).toEqual([])
      })
    } finally {
      await own.end()
    }
  })
})

/** Begins a migration and goes on with it, each time by a process that is killed, until one is not. */
async function oneAfterTheOther(
  migration: Migration,
  deathOf: (nth: number) => Death,
): Promise<{readonly deaths: number; readonly last: Ran}> {
  let deaths = 0
  let last = await migration.sluice(deathOf(deaths), ...towards('new'))
  while (last.code === null) last = await migration.sluice(deathOf(++deaths), ...RESUME)
  return {deaths, last}
}

/** One migration for each death: there, back, there, ... Each takes four steps. */
async function thereAndBack(migration: Migration, deaths: readonly Death[]): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const [index, death] of deaths.entries()) {
    const there = index % 2 === 0 ? 'new' : 'old'
    const killed = await migration.sluice(death, ...towards(there))
    const stuck = await recover(migration, there)
    const found = [...(killed.code === null ? [] : ['it was not killed']), ...(stuck ? [stuck] : [])]
    for (const one of [...found, ...(await wrongAfter(migration, there))]) wrong.push(`write ${death.at}: ${one}`)
    if (wrong.length > 0) return wrong
  }
  return wrong
}

describe('what is killed with SIGKILL in the middle of a rollout', () => {
  it('the embedded balancer: its standby takes over as it was, what was in flight is lost, and the rollout goes on', async () => {
    await under({name: 'balancer', bake: '1s'}, async migration => {
      const {pid, standby} = await balancerOf(migration)
      const ended = migration.sluice(undefined, ...towards('new'))
      await atHalf(migration, 'accounts')
      const killedAt = Date.now()
      process.kill(pid, 'SIGKILL')
      expect((await balancerOf(migration)).pid).toBe(standby)
      const answeredAt = Date.now()
      expect((await ended).code).toBe(0)
      expect(await migration.wrong('new')).toEqual([])
      const {spoiled} = migration.load.seen()
      expect(spoiled.filter(({at, sentAt}) => at < killedAt || sentAt > answeredAt)).toEqual([])
      // Nobody was turned away: these had a connection that was cut.
      expect(spoiled.filter(({why}) => /ECONNREFUSED/.test(why))).toEqual([])
    })
  })

  it('an instance of current: its share goes to the other one, and no request is lost', async () => {
    await under({name: 'current', bake: '1s'}, async migration => {
      const ended = migration.sluice(undefined, ...towards('new'))
      const {current} = await atHalf(migration, 'accounts')
      await kill(current[0])
      const {code} = await ended
      expect([code, migration.load.seen().spoiled]).toEqual([0, []])
      expect(await migration.wrong('new')).toEqual([])
    })
  })

  it('an instance of next: the step is taken back, and no request is lost', async () => {
    await under({name: 'next', bake: '1s'}, async migration => {
      const ended = migration.sluice(undefined, ...towards('new'))
      const {next} = await atHalf(migration, 'web')
      await kill(next[0])
      const {code, stderr} = await ended
      expect([code, stderr]).toEqual([1, expect.stringContaining('taken back')])
      expect(migration.load.seen().spoiled).toEqual([])
      expect(await migration.wrong('old')).toEqual([])
    })
  })
})

/** Waits until two pools of a service share its traffic, and answers who carries the two halves. */
function atHalf(migration: Migration, wanted: string): Promise<{current: readonly string[]; next: readonly string[]}> {
  return eventually(async () => {
    const {services} = await loadTable(balancerFolder(migration))
    const pools = services.find(({name}) => name === wanted)?.pools ?? []
    if (pools.length !== 2 || pools.some(({share}) => share !== 50)) return undefined
    const addresses = (isOld: boolean) => pools.find(({id}) => (id === '1.0.0') === isOld)?.addresses ?? []
    return {current: addresses(true), next: addresses(false)}
  })
}

function balancerFolder({rig}: Migration): string {
  return join(rig.folder, '.sluice', 'here', 'balancer')
}

/** Finds the balancer's process and the one that would take over from it. */
function balancerOf(migration: Migration): Promise<{readonly pid: number; readonly standby: number}> {
  const options = {folder: balancerFolder(migration), root: migration.rig.folder, program: balancerProgram()}
  const balancer = embedded({...options, settings: DEFAULT_SETTINGS})
  return eventually(async () => {
    const ensured = await balancer.ensure()
    if (!ensured.ok) throw new Error(ensured.failure.message)
    const {pid, standby} = ensured.value
    return standby !== undefined && {pid, standby}
  })
}

/** Kills whoever answers there. */
async function kill(address: string | undefined): Promise<void> {
  const {pid} = (await (await fetch(`http://${address}/`)).json()) as {pid: number}
  process.kill(pid, 'SIGKILL')
}
