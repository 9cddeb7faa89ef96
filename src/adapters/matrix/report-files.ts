import {readdir, readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import type {TestReport} from '../../core/matrix/test-report.ts'
import type {RepoFiles} from './ecosystem.ts'
import {testScript} from './manifest.ts'
import {readJestJson} from './reports/jest-json.ts'
import {readJUnit} from './reports/junit.ts'
import {readTap} from './reports/tap.ts'

/** A test command that is asked to also write a report, where its runner is known to be able to. */
export function reporting(command: readonly string[], files: RepoFiles, report: string): readonly string[] {
  const flags = flagsOf(runnerOf(command, files), report)
  if (!flags) return command
  // npm hands on only what stands behind `--`; the others hand on everything, and pnpm hands on the `--` as well.
  return isScript(command) && command[0] === 'npm' ? [...command, '--', ...flags] : [...command, ...flags]
}

function flagsOf(runner: string | undefined, report: string): readonly string[] | undefined {
  if (runner === 'vitest') return ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  if (runner === 'jest') return ['--json', `--outputFile=${report}`]
  return undefined
}

const isScript = (command: readonly string[]) =>
  ['npm', 'pnpm', 'yarn'].includes(command[0] ?? '') &&
  (command[1] === 'test' || (command[1] === 'run' && command[2] === 'test'))

/** The runner that gets what is appended to the command: the only one of the script, and not behind a pipe. */
function runnerOf(command: readonly string[], files: RepoFiles): string | undefined {
  const line = isScript(command) ? (testScript(files) ?? '') : command.join(' ')
  if (/[|;&<>]|--(?:reporter|json|outputFile)\b/.test(line)) return undefined
  return /^(?:\w+=\S+ )*(?:npx |cross-env (?:\w+=\S+ )*)?(vitest|jest)(?: |$)/.exec(line)?.[1]
}

/** Whatever a runner told about single tests: the report that was asked for, TAP in the log, JUnit files. */
export async function testReportOf(
  checkout: string,
  report: string,
  log: string,
  since: number,
): Promise<TestReport | undefined> {
  const asked = await textOf(report)
  const told = asked === undefined ? readTap(log) : readJestJson(asked, checkout)
  return told ?? readJUnit(await junitTexts(checkout, since), checkout)
}

/** Where runners put JUnit files; those that were there before the tests ran say nothing. */
const JUNIT_FOLDERS = [
  '',
  'reports',
  'test-results',
  'test-reports',
  'junit',
  'target/surefire-reports',
  'build/test-results/test',
]

async function junitTexts(checkout: string, since: number): Promise<string[]> {
  const found = await Promise.all(JUNIT_FOLDERS.map(folder => freshXml(join(checkout, folder), since)))
  return found.flat()
}

async function freshXml(folder: string, since: number): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const paths = names.filter(name => name.endsWith('.xml')).map(name => join(folder, name))
  const texts = await Promise.all(
    paths.map(async path => ((await stat(path)).mtimeMs >= since ? ((await textOf(path)) ?? '') : '')),
  )
  return texts.filter(text => /<testsuites?\b/.test(text))
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
