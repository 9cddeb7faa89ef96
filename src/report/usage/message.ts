import type {SunsetConfig} from '../../core/config/config.ts'
import type {Used, UsedClient} from '../../core/usage/used.ts'
import {markdownCode, markdownText} from '../text/markdown.ts'
import {at, number} from './text.ts'

/** When each major of each contract ends, as the file says. */
export type Endings = ReadonlyMap<string, ReadonlyMap<number, SunsetConfig>>

/** The message to one client's team: what it still calls, since when that is old, and when it stops to answer. */
export function clientMessage(client: string, used: Used, endings: Endings): string {
  const rows = used.contracts.flatMap(({contract, versions}) =>
    versions.flatMap(({major, clients}) => clients.map(seen => ({contract, major, seen}))),
  )
  const newest = new Map(
    used.contracts.map(({contract, versions}) => [contract, Math.max(...versions.map(({major}) => major ?? 0))]),
  )
  const head = `# Calls of ${markdownText(client)}\n\nThis is what our access logs show of your calls. Please check them against what you know.\n`
  const table = [
    '| API | version | calls | failed | first call | last call | known by |',
    '|---|---|---:|---:|---|---|---|',
  ]
  const body = rows.map(
    ({contract, major, seen}) =>
      `| ${markdownCode(contract)} | ${major === null ? 'none named' : `v${major}`} | ${cells(seen)} |`,
  )
  const ends = [...new Set(rows.map(({contract, major}) => ending(contract, major, endings, newest)))].filter(
    text => text !== '',
  )
  return `${[head, ...table, ...body, '', ...ends].join('\n')}\n`
}

function cells({client, calls, errors, firstSeen, lastSeen}: UsedClient): string {
  return [
    number(calls),
    number(errors),
    at(firstSeen),
    at(lastSeen),
    `${client.kind}: ${markdownText(client.name)}`,
  ].join(' | ')
}

function ending(contract: string, major: number | null, endings: Endings, newest: ReadonlyMap<string, number>): string {
  const end = major === null ? undefined : endings.get(contract)?.get(major)
  if (!end) return ''
  const since = end.deprecated === undefined ? '' : ` It is deprecated since ${day(end.deprecated)}.`
  const link = end.link === undefined ? '' : ` How to move: <${end.link}>.`
  const next = newest.get(contract) ?? 0
  const move = next > (major ?? 0) ? ` Please move to v${next}.` : ''
  return `- ${markdownCode(contract)} v${major} stops to answer on ${day(end.sunset)}.${since}${move}${link}`
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
