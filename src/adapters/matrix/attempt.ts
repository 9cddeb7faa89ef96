import {readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {NoAnswer} from '../../core/matrix/no-answer.ts'
import {clock} from '../clock.ts'
import {type Answer, type BareAnswer, without} from './answer.ts'
import type {Taken} from './installs.ts'
import {runLines} from './lines.ts'
import {overlay} from './prepare.ts'
import type {CellPlace} from './room.ts'
import {tested, type Testing} from './testing.ts'
import {installTrouble} from './trouble.ts'
import type {Workbench} from './workbench.ts'

/** How an answer is looked for. */
export interface Attempt extends Testing {
  readonly log: string
  /** Installs and tests when it is this one's turn, or says why nobody wants it any more; at once without it. */
  readonly inTurn?: (work: () => Promise<BareAnswer>) => Promise<BareAnswer | NoAnswer>
}

/**
 * Installs and tests in a checkout of its own, which is gone afterwards whatever happens. The checkout is laid out
 * before the turn comes, while others test.
 */
export async function attempt(bench: Workbench, asked: Attempt): Promise<Answer> {
  const folder = await bench.cellFolder()
  const place = {folder, checkout: join(folder, 'work'), log: asked.log}
  const watch = stopwatch()
  let taken: Taken | undefined
  try {
    taken = await watch(() => laidOut(bench, asked, place))
    const inTurn = asked.inTurn ?? (work => work())
    const end = await inTurn(() => watch(() => answered(bench, asked, place, taken)))
    const bare = 'code' in end ? without(end) : end
    return {...bare, log: asked.log, durationMs: Math.round(watch.spent())}
  } finally {
    await taken?.giveBack()
    await rm(folder, {recursive: true, force: true, maxRetries: 3})
  }
}

/** Adds up the time that work takes, without the waiting in between. */
function stopwatch() {
  let spent = 0
  const watch = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = clock.monotonic()
    try {
      return await work()
    } finally {
      spent += clock.monotonic() - started
    }
  }
  return Object.assign(watch, {spent: () => spent})
}

async function laidOut(bench: Workbench, asked: Attempt, place: CellPlace): Promise<Taken | undefined> {
  const {revision} = asked.prepared
  await revision.source.checkout(revision.commit, place.checkout)
  await overlay(asked.prepared, place.checkout)
  return reused(bench, asked, place)
}

async function answered(
  bench: Workbench,
  asked: Attempt,
  place: CellPlace,
  taken: Taken | undefined,
): Promise<BareAnswer> {
  const trouble = taken ? undefined : await installed(bench, asked, place)
  return trouble ? without(trouble) : tested(bench, asked, place)
}

async function installed(bench: Workbench, asked: Attempt, place: CellPlace): Promise<NoAnswer | undefined> {
  const {installKey} = asked.prepared
  if (installKey === undefined) return install(bench, asked, place)
  // Whoever waited may find that the one before has installed what it wants.
  return bench.installs.inTurn(installKey, async () =>
    (await reused(bench, asked, place)) ? undefined : install(bench, asked, place),
  )
}

async function reused(bench: Workbench, asked: Attempt, {checkout}: CellPlace): Promise<Taken | undefined> {
  const {installKey} = asked.prepared
  const taken = installKey === undefined || !bench.reuse ? undefined : await bench.installs.take(installKey, checkout)
  if (taken) asked.doing('reusing')
  return taken
}

async function install(bench: Workbench, asked: Attempt, place: CellPlace): Promise<NoAnswer | undefined> {
  const {installKey, install: lines, revision} = asked.prepared
  asked.doing('installing')
  const end = await runLines(bench, place, lines)
  if (end.is === 'no-answer') return end.why
  if (end.is === 'failed') return installTrouble('install', end.output)
  if (installKey !== undefined && asked.thorough) {
    await bench.installs.keep(installKey, place.checkout, revision.ecosystem?.installed ?? [])
  }
  return undefined
}

/** The end of a log, for looking for suspects and for showing. */
export async function logOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
