import type {TestReport} from '../../../core/matrix/test-report.ts'
import {reportOf, type TestLine} from './report.ts'

interface JestReport {
  readonly testResults?: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly ancestorTitles?: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

/** The JSON of jest, which vitest writes too. A file that failed before its first test counts as one failed test. */
export function readJestJson(text: string, checkout: string): TestReport | undefined {
  const results = parsed(text)?.testResults
  if (!results) return undefined
  return reportOf(
    results.flatMap(({name, status, assertionResults}): TestLine[] => {
      const file = name.replace(`${checkout}/`, '')
      const tests = assertionResults.map(
        (test): TestLine => ({
          name: [file, ...(test.ancestorTitles ?? []), test.title].join(' > '),
          outcome: outcomeOf(test.status),
        }),
      )
      const broken = status === 'failed' && tests.every(test => test.outcome !== 'failed')
      return broken ? [...tests, {name: file, outcome: 'failed'}] : tests
    }),
  )
}

function parsed(text: string): JestReport | undefined {
  try {
    return JSON.parse(text) as JestReport
  } catch {
    return undefined
  }
}

const outcomeOf = (status: string) => (status === 'passed' || status === 'failed' ? status : 'skipped')
