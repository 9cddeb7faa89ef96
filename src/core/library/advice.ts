import type {Change, Outcomes} from '../matrix/cell.ts'
import type {Update} from './update.ts'

/** When an update is taken. The order is that of the report: what cannot wait comes first. */
export const TAKES = ['now', 'next-minor', 'next-release', 'next-major', 'hold'] as const

export type Take = (typeof TAKES)[number]

/** What to do about one update, and why. */
export interface Advice {
  readonly take: Take
  readonly text: string
}

/** What the last matrix of the service says; absent where it was never run. */
export interface MatrixSays {
  readonly outcomes: Outcomes
  /** The versions that its prod+latest cell ran with. */
  readonly tried: readonly Change[]
  /** Updates that it found to break a latest cell. */
  readonly culprits: readonly Change[]
}

/**
 * The rule: a weakness is mended as soon as possible, a new major comes with the next major upgrade of the service, and
 * everything else with its next minor one; and the matrix has a say, since it has tried the update.
 */
export function adviceOn(update: Update, matrix: MatrixSays | undefined): Advice {
  const verdict = verdictOn(update, matrix)
  switch (update.class) {
    case 'security':
      return update.development ? harmless(update, verdict) : urgent(update, verdict)
    case 'major':
      return {take: 'next-major', text: `with the next major upgrade of the service${KNOWN[verdict]}`}
    default:
      return ordinary(verdict)
  }
}

/** What is known of an update before it is taken. */
type Verdict =
  | 'untried'
  /** What is in production passes with the newest libraries. */
  | 'fits'
  /** Production breaks with the newest libraries, master does not. */
  | 'fits-master'
  /** Both break, and this update was not found guilty. */
  | 'suspected'
  /** This very update breaks what is in production. */
  | 'guilty'

/** A matrix says something of the versions it ran with, and of those only. */
function verdictOn(update: Update, matrix: MatrixSays | undefined): Verdict {
  if (!matrix || !wasTried(update, matrix.tried)) return 'untried'
  const {outcomes, culprits} = matrix
  if (outcomes['prod+latest'] === 'passed') return 'fits'
  if (outcomes['prod+latest'] !== 'failed') return 'untried'
  if (outcomes['master+latest'] === 'passed') return 'fits-master'
  if (culprits.some(({name}) => name === update.library)) return 'guilty'
  return outcomes['master+latest'] === 'failed' ? 'suspected' : 'untried'
}

/** What mends a weakness is the smallest step; that the newest of the same major fits is as good as can be known. */
function wasTried({library, class: kind, to, breaking}: Update, tried: readonly Change[]): boolean {
  const change = tried.find(({name}) => name === library)
  if (change?.to === undefined || change.to === null || to === null) return false
  return kind === 'security' ? !breaking : change.to.split(', ').includes(to)
}

const KNOWN: Readonly<Record<Verdict, string>> = {
  untried: '',
  fits: '; the matrix is green with it',
  'fits-master': '; the matrix is green with it on master only',
  suspected: '; the matrix is red with the newest libraries',
  guilty: '; the matrix found that it breaks the service',
}

function urgent({to, breaking}: Update, verdict: Verdict): Advice {
  if (to === null)
    return {take: 'now', text: 'no version is known that mends it: do without it, or shield what is exposed'}
  if (breaking)
    return {
      take: 'now',
      text: `deploy as soon as possible, although it leaves the major version: nothing nearer mends it`,
    }
  const text: Readonly<Record<Verdict, string>> = {
    untried: 'deploy as soon as possible, by itself; no matrix has tried it yet',
    fits: 'deploy as soon as possible; the matrix is green with it',
    'fits-master':
      'deploy as soon as possible, by itself; production breaks with all of the newest libraries and master does not, so if this one breaks it too, release master early',
    suspected: 'deploy as soon as possible, by itself; production and master break with all of the newest libraries',
    guilty: 'the matrix found that it breaks the service: shield what is exposed now, and adapt the service to it',
  }
  return {take: 'now', text: text[verdict]}
}

function harmless({to}: Update, verdict: Verdict): Advice {
  if (to === null)
    return {take: 'next-minor', text: 'only building and testing need it; no version is known that mends it'}
  const {take, text} = ordinary(verdict)
  return {take, text: `only building and testing need it: ${text}`}
}

function ordinary(verdict: Verdict): Advice {
  const advice: Readonly<Record<Verdict, Advice>> = {
    untried: {take: 'next-minor', text: 'with the next minor upgrade; no matrix has tried it yet'},
    fits: {take: 'next-minor', text: 'with the next minor upgrade; the matrix is green with it'},
    'fits-master': {
      take: 'next-release',
      text: 'with the next release: only master is green with the newest libraries',
    },
    suspected: {take: 'next-minor', text: 'with the next minor upgrade, without the updates that turn the matrix red'},
    guilty: {take: 'hold', text: 'hold it back: the matrix found that it breaks the service'},
  }
  return advice[verdict]
}
