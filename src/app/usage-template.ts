import {readFile} from 'node:fs/promises'
import {shipped} from '../adapters/package.ts'
import {ok, type Result} from '../core/base/result.ts'
import {announcements} from '../core/usage/announce.ts'
import {haproxyTemplate, nginxTemplate} from '../report/usage/templates.ts'
import {tableTemplate} from '../report/usage/table-template.ts'
import {loadConfig, type Where} from './config.ts'

export const TEMPLATED = ['haproxy', 'haproxy-table', 'nginx'] as const

/** What to add to a balancer's configuration, so that its log tells who calls what and its answers tell what will end. */
export async function usageTemplate(where: Where, balancer: (typeof TEMPLATED)[number]): Promise<Result<string>> {
  const loaded = await loadConfig(where)
  if (!loaded.ok) return loaded
  const told = [...loaded.value.config.contracts.values()].flatMap(({name, calls, sunset, brownout}) =>
    calls ? [{name, calls, sunset: sunset ?? new Map(), brownout}] : [],
  )
  const headers = told.flatMap(({calls}) => (calls.in === 'header' ? [calls.name.toLowerCase()] : []))
  const values = {
    announcements: announcements(told),
    brownouts: told.flatMap(({name, calls, brownout}) => (brownout ? [{contract: name, calls}] : [])),
    headers: [...new Set(headers)],
    usesRpc: told.some(({calls}) => calls.in === 'rpc'),
  }
  const [folder, file] = FILES[balancer]
  const template = await readFile(shipped('templates', folder, file), 'utf8')
  if (balancer === 'haproxy-table') return ok(tableTemplate(template, told))
  return ok(balancer === 'haproxy' ? haproxyTemplate(template, values) : nginxTemplate(template, values))
}

const FILES = {
  haproxy: ['haproxy', 'usage.cfg'],
  'haproxy-table': ['haproxy', 'table.cfg'],
  nginx: ['nginx', 'usage.conf'],
} as const satisfies Record<(typeof TEMPLATED)[number], readonly [string, string]>
