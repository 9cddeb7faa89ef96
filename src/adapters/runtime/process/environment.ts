import type {PoolSpec} from '../../../ports/runtime.ts'
import {MARK} from './find.ts'
import type {Given} from './given.ts'
import type {InstanceRecord} from './record.ts'

/**
 * All that an instance is given. Of our own environment only what programs cannot do without: what an operator happens
 * to have set, secrets above all, must not decide how a release behaves.
 */
export function environmentOf(record: InstanceRecord, spec: PoolSpec, given: Given): Record<string, string> {
  return {
    ...inherited(given),
    ...spec.run.env,
    PORT: String(record.port),
    SLUICE_SERVICE: record.service,
    SLUICE_RELEASE: record.state.release,
    SLUICE_MODE: record.state.mode ?? '',
    [MARK]: `${given.records.folder}/${record.id}`,
  }
}

const HANDED_ON = new Set(['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR'])

function inherited({env, pass}: Given): Record<string, string> {
  const wanted = (name: string) => HANDED_ON.has(name) || name.startsWith('LC_') || pass.includes(name)
  const entries = Object.entries(env).filter(([name, value]) => value !== undefined && wanted(name))
  return Object.fromEntries(entries) as Record<string, string>
}
