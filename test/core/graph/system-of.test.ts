import {describe, expect, it} from 'vitest'
import type {FoundRelease} from '../../../src/core/graph/gather.ts'
import {systemOf} from '../../../src/core/graph/system-of.ts'
import {valid} from '../config/support.ts'

const FILE = `sluice: 1
system: shop
contracts:
  ledger-api: { compatibility: strict }
services:
  accounts: { repo: ../accounts, releases: { 1.0.0: { provides: { accounts-api: 1.0.0 } } } }
  billing: { repo: ../billing }
`

function assembled(found: Record<string, FoundRelease[]>, text = FILE) {
  return systemOf(valid(text), new Map(Object.entries(found)), {file: 'sluice.yaml', text})
}

function tagged(version: string, text?: string): FoundRelease {
  return text === undefined ? {version} : {version, manifest: {file: `repo@v${version}:sluice.service.yaml`, text}}
}

describe('systemOf', () => {
  it('puts the releases of file and repositories together, ascending', () => {
    const result = assembled({
      accounts: [tagged('1.10.0', 'service: accounts\nprovides: { accounts-api: [1.0.0, 2.0.0] }\n'), tagged('1.9.0')],
    })
    expect(result.ok && result.value.system.services.get('accounts')?.releases).toMatchObject([
      {version: '1.0.0', provides: new Map([['accounts-api', ['1.0.0']]])},
      {version: '1.9.0', provides: new Map()},
      {version: '1.10.0', provides: new Map([['accounts-api', ['1.0.0', '2.0.0']]])},
    ])
  })

  it('lets the facts of the file win over those of the manifest', () => {
    const result = assembled({accounts: [tagged('1.0.0', 'service: accounts\nprovides: { accounts-api: 9.0.0 }\n')]})
    expect(result.ok && result.value.system.services.get('accounts')?.releases).toMatchObject([
      {version: '1.0.0', provides: new Map([['accounts-api', ['1.0.0']]])},
    ])
  })

  it('loses a release over a bad manifest, and nothing else', () => {
    const result = assembled({
      billing: [
        tagged('1.0.0', 'service: billing\nconsume: { accounts-api: ^1 }\n'),
        tagged('1.1.0', 'service: biling\n'),
        tagged('1.2.0', 'service: billing\nconsumes: { ledger-api: ^1 }\n'),
        tagged('1.3.0', 'service: billing\nupgradesFrom: { release: ^1, mode: v1 }\n'),
        tagged('1.4.0', 'service: [\n'),
        tagged('2.0.0', 'service: billing\n'),
      ],
    })
    if (!result.ok) throw new Error('it is a failure')
    expect(result.value.system.services.get('billing')?.releases.map(({version}) => version)).toEqual(['2.0.0'])
    expect([...(result.value.unusable.get('billing')?.keys() ?? [])].sort()).toEqual([
      '1.0.0',
      '1.1.0',
      '1.2.0',
      '1.3.0',
      '1.4.0',
    ])
    expect(
      result.value.warnings.map(({file, line, column, message}) => `${file}:${line}:${column} ${message}`).sort(),
    ).toEqual([
      'repo@v1.0.0:sluice.service.yaml:2:1 unknown key "consume"',
      'repo@v1.1.0:sluice.service.yaml:1:10 this is the manifest of "biling", not of "billing"',
      'repo@v1.2.0:sluice.service.yaml:2:25 "^1" is a range, and ledger-api is strict',
      'repo@v1.3.0:sluice.service.yaml:2:36 no release of billing has a mode "v1"',
      'repo@v1.4.0:sluice.service.yaml:2:1 the indentation does not fit the lines above',
    ])
  })

  it('refuses two servers of one contract, and points at the second', () => {
    const result = assembled({billing: [tagged('1.0.0', 'service: billing\nprovides:\n  accounts-api: 1.0.0\n')]})
    expect(result).toMatchObject({
      ok: false,
      failure: {
        code: 'config-invalid',
        problems: [
          {
            file: 'repo@v1.0.0:sluice.service.yaml',
            line: 3,
            column: 3,
            message: 'accounts-api is provided by accounts and by billing',
          },
        ],
      },
    })
  })

  it('warns of a contract that is almost one that there is', () => {
    const result = assembled({billing: [tagged('1.0.0', 'service: billing\nconsumes: { acounts-api: ^1 }\n')]})
    expect(result.ok && result.value.warnings).toMatchObject([
      {line: 2, column: 13, message: 'nobody provides acounts-api'},
    ])
  })
})
