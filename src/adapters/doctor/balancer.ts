import {readFile} from 'node:fs/promises'
import type {EnvironmentConfig, RouteConfig} from '../../core/config/config.ts'
import type {Finding} from '../../ports/finding.ts'
import {IN_MAINTENANCE} from '../balancer/haproxy/answers.ts'
import {type HaproxySettings, parseOptions} from '../balancer/haproxy/options.ts'
import {ask, nameOf} from '../balancer/haproxy/socket.ts'
import {splitMap} from '../balancer/haproxy/split-map.ts'
import {survey, weighable} from '../balancer/haproxy/survey.ts'
import type {BalancerPlace} from '../balancer/place.ts'
import {openBalancer} from '../balancer/registry.ts'
import {describeEnd, runCommand} from '../command.ts'
import {lookAtEmbedded} from './embedded.ts'
import {badly} from './finding.ts'

/** What stands in front of an environment's services, and whether it would do what a rollout asks. */
export async function lookAtBalancer(
  {balancer, services, name}: EnvironmentConfig,
  place: BalancerPlace,
): Promise<readonly Finding[]> {
  const area = `${name}: balancer ${balancer.driver}`
  const routes = [...services.values()].flatMap(({route}) => (route ? [route] : []))
  const opened = await openBalancer(balancer, place)
  if (!opened.ok) return [badly(area, 'options', opened.failure)]
  switch (balancer.driver) {
    case 'haproxy': {
      const settings = await parseOptions(balancer.options, place, path => readFile(path, 'utf8'))
      return settings.ok ? lookAtHaproxy(area, settings.value, routes) : [badly(area, 'options', settings.failure)]
    }
    case 'nginx':
      return lookAtNginx(area, balancer.options)
    default:
      return lookAtEmbedded(area, routes, place.folder)
  }
}

async function lookAtHaproxy(
  area: string,
  {endpoint, map, stateFile}: HaproxySettings,
  routes: readonly RouteConfig[],
): Promise<readonly Finding[]> {
  const info = await ask(endpoint, ['show info'])
  if (!info.ok) return [badly(area, nameOf(endpoint), info.failure)]
  const field = (name: string) => new RegExp(`^${name}: *(\\S+)`, 'm').exec(info.value)?.[1] ?? 'unknown'
  const level = await ask(endpoint, ['show cli level'])
  const reach: Finding = {
    area,
    what: nameOf(endpoint),
    level: 'good',
    text: `HAProxy ${field('Version')}, up ${field('Uptime_sec')} s, level ${level.ok ? level.value.trim() : 'unknown'}`,
  }
  const kept: Finding[] =
    stateFile === undefined && map === undefined
      ? [
          {
            area,
            what: 'reloads',
            level: 'note',
            text: 'a reload of HAProxy would forget the shares until sluice looks again',
            todo: 'name its server-state-file as stateFile; templates/haproxy/haproxy.cfg has the lines',
          },
        ]
      : []
  const names = routes.flatMap(({backend}) => (map === undefined ? [backend] : [`${backend}-a`, `${backend}-b`]))
  const backends: Finding[] = []
  for (const name of names) {
    const seen = map === undefined ? await weighable(endpoint, name) : await survey(endpoint, name)
    if (!seen.ok) {
      backends.push(badly(area, `back end ${name}`, seen.failure))
      continue
    }
    const {algorithm, servers} = seen.value
    const free = servers.filter(({administrative}) => (administrative & IN_MAINTENANCE) !== 0).length
    const text = `balance ${algorithm}, ${servers.length} servers, ${free} free`
    backends.push({area, what: `back end ${name}`, level: 'good', text})
  }
  const read = map === undefined || routes.length === 0 ? undefined : await splitMap(endpoint, map).read('')
  return [reach, ...kept, ...backends, ...(read && !read.ok ? [badly(area, `map ${map}`, read.failure)] : [])]
}

const COMMAND_MS = 20_000

async function lookAtNginx(area: string, options: Readonly<Record<string, unknown>>): Promise<readonly Finding[]> {
  const words = Array.isArray(options['test']) ? options['test'].map(String) : ['nginx', '-t']
  const folder = typeof options['folder'] === 'string' ? options['folder'] : '/etc/nginx/sluice'
  const run = (command: readonly string[]) => runCommand({command, folder: '/', env: {}, timeoutMs: COMMAND_MS})
  const tested = await run(words)
  if (tested.is !== 'exited' || tested.code !== 0) {
    const text = describeEnd(tested, {command: words, timeoutMs: COMMAND_MS})
    return [{area, what: words.join(' '), level: 'bad', text, todo: 'mend the configuration of nginx first'}]
  }
  const dumped = await run([...words.slice(0, -1), '-T'])
  const isIncluded = dumped.is === 'exited' && dumped.output.includes(`${folder}/`)
  const good: Finding = {area, what: words.join(' '), level: 'good', text: 'the configuration is well'}
  if (isIncluded) return [good, {area, what: `folder ${folder}`, level: 'good', text: 'included'}]
  const text = 'the end of the configuration does not mention it'
  return [
    good,
    {
      area,
      what: `folder ${folder}`,
      level: 'note',
      text,
      todo: `is there an include ${folder}/*.conf; in the http section?`,
    },
  ]
}
