import {describe, expect, it} from 'vitest'
import {reporting} from '../../../src/adapters/matrix/report-files.ts'
import {readJestJson} from '../../../src/adapters/matrix/reports/jest-json.ts'
import {readJUnit} from '../../../src/adapters/matrix/reports/junit.ts'
import {readTap} from '../../../src/adapters/matrix/reports/tap.ts'
import {filesOf} from '../../../src/adapters/matrix/source.ts'
import {installTrouble, testTrouble} from '../../../src/adapters/matrix/trouble.ts'

describe('TAP', () => {
  it('is found in a log; only leaves count, below the names of their parents', () => {
    const log = [
      '> npm test',
      'TAP version 13',
      '# Subtest: suite',
      '    ok 1 - inner green',
      '    not ok 2 - inner red',
      '    1..2',
      'not ok 1 - suite',
      'ok 2 - alone # time=3ms',
      'ok 3 - left out # SKIP not today',
      '1..3',
    ].join('\n')
    expect(readTap(log)).toEqual({passed: ['alone', 'suite > inner green'], failed: ['suite > inner red']})
  })

  it('is not seen where there is none', () => {
    expect(readTap('ok then\nnot ok')).toBeUndefined()
  })
})

describe('JSON of jest and vitest', () => {
  it('names tests by file, suites and title; a file that broke is one red test', () => {
    const test = (title: string, status: string) => ({ancestorTitles: ['suite'], title, status})
    const report = {
      testResults: [
        {
          name: '/checkout/a.test.js',
          status: 'failed',
          assertionResults: [test('good', 'passed'), test('bad', 'failed'), test('left', 'pending')],
        },
        {name: '/checkout/b.test.js', status: 'failed', assertionResults: []},
      ],
    }
    expect(readJestJson(JSON.stringify(report), '/checkout')).toEqual({
      passed: ['a.test.js > suite > good'],
      failed: ['a.test.js > suite > bad', 'b.test.js'],
    })
  })

  it('is asked for where the runner is known and nothing stands behind it', () => {
    const files = (script: string) => filesOf(new Map([['package.json', JSON.stringify({scripts: {test: script}})]]))
    expect(reporting(['npm', 'test'], files('vitest run'), '/r')).toEqual([
      'npm',
      'test',
      '--',
      '--reporter=default',
      '--reporter=json',
      '--outputFile.json=/r',
    ])
    expect(reporting(['yarn', 'test'], files('jest --ci'), '/r')).toEqual(['yarn', 'test', '--json', '--outputFile=/r'])
    expect(reporting(['npm', 'test'], files('jest && eslint .'), '/r')).toEqual(['npm', 'test'])
    expect(reporting(['npm', 'test'], files('mocha'), '/r')).toEqual(['npm', 'test'])
  })
})

describe('JUnit', () => {
  it('is read with nested suites, several files together', async () => {
    const one =
      '<testsuites><testsuite name="s"><testcase classname="c" name="good"/><testcase name="bad"><failure>x</failure></testcase></testsuite></testsuites>'
    const two =
      '<testsuite name="t"><testcase name="broken"><error/></testcase><testcase name="left"><skipped/></testcase></testsuite>'
    expect(await readJUnit([one], '/w')).toEqual({passed: ['s > c > good'], failed: ['s > bad']})
    expect((await readJUnit([one, two], '/w'))?.failed).toHaveLength(2)
    expect(await readJUnit([], '/w')).toBeUndefined()
  })
})

describe('what went wrong', () => {
  it.each([
    ['network', 'npm error code ECONNREFUSED'],
    ['network', 'npm error code E503'],
    ['network', ' ERR_PNPM_FETCH_503  GET http://127.0.0.1/a/-/a-1.0.0.tgz: Service Unavailable - 503'],
    [
      'network',
      ' ERR_PNPM_BROKEN_METADATA_JSON  Invalid response body while trying to fetch http://127.0.0.1/a: aborted',
    ],
    ['network', 'ResponseError: Request failed "503 Service Unavailable"'],
    [
      'network',
      '➤ YN0035: │ a@npm:1.0.0: The registry appears to be down (using a local cache might have protected you)',
    ],
    ['network', '➤ YN0001: │ ReadError: The server aborted pending request'],
    ['network', '  failed to get successful HTTP response from `http://127.0.0.1/3/f/foo` (127.0.0.1), got 503'],
    ['network', "(Caused by ResponseError('too many 503 error responses'))"],
    [
      'network',
      'Could not fetch URL http://127.0.0.1/simple/a/: connection error: Max retries exceeded with url: /simple/a/ - skipping\nERROR: No matching distribution found for a==1.0',
    ],
    ['network', '  [18] Transferred a partial file (end of response with 4994 bytes missing)'],
    ['network', 'error Error: http://127.0.0.1/a: ESOCKETTIMEDOUT'],
    ['not-available', 'ERROR: No matching distribution found for a==1.0'],
    [
      'lock-stale',
      'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync',
    ],
    ['registry-untrusted', 'npm error code SELF_SIGNED_CERT_IN_CHAIN'],
    ['registry-untrusted', 'RequestError: unable to get local issuer certificate'],
    ['network', 'request to https://r.example failed, reason: ECONNRESET'],
    ['lock-stale', ' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install'],
    ['lock-stale', 'error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.'],
    ['lock-stale', '➤ YN0028: The lockfile would have been modified by this install'],
    ['does-not-resolve', 'npm error code ERESOLVE'],
    ['does-not-resolve', 'npm error code ETARGET'],
    ['not-available', 'npm error code E404'],
    ['resources', 'npm error code ENOSPC'],
    ['install-failed', 'something else'],
  ])('is told from what a package manager wrote: %s', (code, output) => {
    expect(installTrouble('install', output).code).toBe(code)
  })

  it('is told by the last line that says anything, without its colours', () => {
    const output = 'first\n\u001b[31m[ERROR] it broke\u001b[0m\n\u001b[0m\u001b[0m\n\n'
    expect(installTrouble('resolve', output).text).toBe('the newest versions could not be looked up ([ERROR] it broke)')
  })

  it('is a red test, unless the command is not there', () => {
    expect(testTrouble(1, 'AssertionError')).toBeUndefined()
    expect(testTrouble(127, 'sh: vitest: not found')?.code).toBe('test-missing')
  })
})
