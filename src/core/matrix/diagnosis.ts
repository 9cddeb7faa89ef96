import {CELLS, type CellName, type Outcomes} from './cell.ts'
import {DIAGNOSES, type DiagnosisCode, type Pattern} from './diagnosis-table.ts'

/** What the four answers mean together. */
export interface Diagnosis {
  readonly code: DiagnosisCode | IncompleteCode
  readonly text: string
  readonly action: string
}

/** What is said where a cell has no answer. */
export type IncompleteCode =
  /** What is in production fails its own tests; more is not known. */
  | 'baseline-red'
  /** Nobody knows whether what is in production passes its own tests. */
  | 'baseline-unknown'
  /** The baseline is green, another cell has no answer. */
  | 'incomplete'
  | 'not-run'

/** The meaning of four outcomes. A cell without an answer is never guessed: what the others say is said, and no more. */
export function diagnose(outcomes: Outcomes): Diagnosis {
  const pattern = patternOf(outcomes)
  return pattern === undefined ? incomplete(outcomes) : DIAGNOSES[pattern]
}

/** Four letters in the order of {@link CELLS}; undefined where a cell has no answer. */
export function patternOf(outcomes: Outcomes): Pattern | undefined {
  const letters = CELLS.map(cell => LETTER[outcomes[cell]])
  return letters.includes('') ? undefined : (letters.join('') as Pattern)
}

const LETTER = {passed: 'P', failed: 'F', error: '', skipped: ''} as const

function incomplete(outcomes: Outcomes): Diagnosis {
  const missing = CELLS.filter(cell => LETTER[outcomes[cell]] === '')
  if (missing.length === CELLS.length && missing.every(cell => outcomes[cell] === 'skipped')) return NOT_RUN
  const {code, text, action} = withoutAnswer(outcomes)
  const gaps = `no answer from ${missing.map(cell => `${cell} (${outcomes[cell]})`).join(', ')}`
  return {code, text: [text, ...knownPairs(outcomes), gaps].join('; '), action}
}

const NOT_RUN: Diagnosis = {code: 'not-run', text: 'no cell was run', action: 'Run the matrix.'}

/** The baseline first: without a green one, a red cell accuses nobody. */
function withoutAnswer(outcomes: Outcomes): Diagnosis {
  switch (outcomes['prod+pinned']) {
    case 'failed':
      return {
        code: 'baseline-red',
        text: 'what is in production fails its own tests as it is',
        action:
          'Find out whether it is a live bug or the test set-up, before anything is concluded from the other cells.',
      }
    case 'passed':
      return {
        code: 'incomplete',
        text: 'what is in production passes its own tests',
        action: 'Do what the cells without an answer ask for, and run them again.',
      }
    default:
      return {
        code: 'baseline-unknown',
        text: 'it is not known whether what is in production passes its own tests',
        action: 'Make prod+pinned run first: the other cells are compared with it.',
      }
  }
}

/** What can be said from two cells, whatever the other two would have said. */
const PAIRS: readonly (readonly [CellName, CellName, string])[] = [
  ['prod+pinned', 'prod+latest', 'the newest libraries break what is in production'],
  ['master+pinned', 'master+latest', 'the newest libraries break master'],
  ['prod+pinned', 'master+pinned', 'master is broken with the very libraries of its lock file'],
]

function knownPairs(outcomes: Outcomes): string[] {
  const broken = PAIRS.filter(([from, to]) => outcomes[from] === 'passed' && outcomes[to] === 'failed')
  return broken.map(([, , text]) => text)
}
