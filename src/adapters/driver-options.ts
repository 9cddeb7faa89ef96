import type {DriverConfig} from '../core/config/config.ts'
import {EMBEDDED_OPTIONS} from './balancer/embedded/settings.ts'
import {HAPROXY_OPTIONS, haproxyAmiss} from './balancer/haproxy/written.ts'
import {NGINX_OPTIONS} from './balancer/nginx/options.ts'
import {findingsIn, type OptionFinding, type Readers} from './options.ts'
import {COMMAND_OPTIONS, missingVerbs} from './runtime/command/options.ts'
import {CONTAINER_OPTIONS} from './runtime/docker/options.ts'
import {PROCESS_OPTIONS} from './runtime/process/options.ts'

type Options = DriverConfig['options']
type Check = (options: Options) => readonly OptionFinding[]

/** What is wrong with the options of a driver, as far as it can be told without opening it. */
const CHECKS: Readonly<Record<'runtime' | 'balancer', Readonly<Record<string, Check>>>> = {
  runtime: {
    process: checking('process', PROCESS_OPTIONS),
    docker: checking('docker', CONTAINER_OPTIONS.docker),
    swarm: checking('swarm', CONTAINER_OPTIONS.swarm),
    command: checking('command', COMMAND_OPTIONS, options =>
      missingVerbs(options).map(found => ({...found, on: 'key' as const})),
    ),
  },
  balancer: {
    embedded: checking('embedded', EMBEDDED_OPTIONS),
    haproxy: checking('haproxy', HAPROXY_OPTIONS, haproxyAmiss),
    nginx: checking('nginx', NGINX_OPTIONS),
  },
}

/** None for a driver that nobody knows: that is said by its name. */
export function amissWith(kind: 'runtime' | 'balancer', {driver, options}: DriverConfig): readonly OptionFinding[] {
  const checks = CHECKS[kind]
  return Object.hasOwn(checks, driver) ? (checks[driver]?.(options) ?? []) : []
}

function checking<T extends object>(driver: string, readers: Readers<T>, between: Check = () => []): Check {
  return options => {
    const found = findingsIn(options, readers, driver)
    // What is missing was perhaps only written wrongly.
    return found.some(({on}) => on === 'key') ? found : [...found, ...between(options)]
  }
}
