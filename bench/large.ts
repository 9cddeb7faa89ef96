import {parseConfig} from '../src/core/config/parse.ts'
import type {EnvironmentConfig} from '../src/core/config/config.ts'
import type {Result} from '../src/core/base/result.ts'
import {resolve} from '../src/core/graph/resolve.ts'
import {systemOf} from '../src/core/graph/system-of.ts'
import type {Question, Service} from '../src/core/graph/system.ts'
import {callers, everythingMoves, type Says} from './systems.ts'

/** The text of a `sluice.yaml` in which every service goes from its first release to its last. */
export function largeFile(services: number, calls: number, says: Says): string {
  const {system, current, target} = everythingMoves(callers(services, calls, 1), RELEASES, says)
  const states = (of: Question['target']): string =>
    [...of].map(([name, state]) => `      ${name}: ${state?.release}\n`).join('')
  const written = [...system.services.values()].map(serviceText).join('')
  const environment = `    current:\n${states(current)}    target:\n${states(target)}`
  return `sluice: 1\nsystem: large\nservices:\n${written}environments:\n  production:\n${environment}`
}

/** Three of each service, as the issue of a large system has them. */
const RELEASES = 3

function serviceText({name, releases}: Service): string {
  const lines = releases.map(({version, provides, consumes, upgradesFrom}) => {
    const offers = [...provides].map(([contract, versions]) => `${contract}: [${versions.join(', ')}]`)
    const calls = [...consumes].map(([contract, range]) => `${contract}: "${range}"`)
    const stop = upgradesFrom ? `, upgradesFrom: "${upgradesFrom.release}"` : ''
    return `      ${version}: { provides: { ${offers.join(', ')} }, consumes: { ${calls.join(', ')} }${stop} }\n`
  })
  return `  ${name}:\n    role: backend\n    releases:\n${lines.join('')}`
}

/** The question of such a file, as every command reads it: what planning starts from once files are parsed. */
export function questionIn(text: string): Question {
  const source = {file: 'sluice.yaml', text}
  const config = right(parseConfig(source, {runtimes: ['process'], balancers: ['embedded']}))
  const [environment] = config.environments.values()
  const assembled = right(systemOf(config, new Map(), source))
  return right(resolve(assembled, {environment: environment as EnvironmentConfig}, source))
}

function right<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}
