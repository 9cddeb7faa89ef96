import type {TestReport} from '../../../core/matrix/test-report.ts'
import {reportOf, type TestLine} from './report.ts'

/** Elements of a JUnit file, as the reader gives them. */
interface Suite {
  readonly name?: string
  readonly testsuite?: readonly Suite[]
  readonly testcase?: readonly Case[]
}

interface Case {
  readonly name?: string
  readonly classname?: string
  readonly file?: string
  readonly failure?: unknown
  readonly error?: unknown
  readonly skipped?: unknown
}

/** JUnit XML of any number of files; undefined where there is none. */
export async function readJUnit(texts: readonly string[], checkout: string): Promise<TestReport | undefined> {
  if (texts.length === 0) return undefined
  const {XMLParser} = await import('fast-xml-parser')
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: name => name === 'testsuite' || name === 'testcase',
  })
  const roots = texts.map(text => parser.parse(text) as {testsuites?: Suite} & Suite)
  const lines = roots.flatMap(root => testsOf(root.testsuites ?? root, [], checkout))
  return lines.length === 0 ? undefined : reportOf(lines)
}

function testsOf(suite: Suite, above: readonly string[], checkout: string): TestLine[] {
  const own = (suite.testcase ?? []).map((test): TestLine => {
    const place = [test.file, ...above, test.classname, test.name].filter(part => part !== undefined && part !== '')
    return {name: [...new Set(place)].join(' > ').replaceAll(`${checkout}/`, ''), outcome: outcomeOf(test)}
  })
  const inner = (suite.testsuite ?? []).flatMap(one => testsOf(one, one.name ? [...above, one.name] : above, checkout))
  return [...own, ...inner]
}

function outcomeOf(test: Case): TestLine['outcome'] {
  if (test.skipped !== undefined) return 'skipped'
  return test.failure !== undefined || test.error !== undefined ? 'failed' : 'passed'
}
