import {CLIError} from '@oclif/core/errors'
import * as Flags from '@oclif/core/flags'
import type {LogFormat} from '../../core/config/config.ts'
import type {UsageFilter} from '../../core/usage/used.ts'

const FORMATS: readonly LogFormat[] = ['haproxy', 'common', 'json']

/** `NAME` or `NAME@MAJOR`. */
const contract = Flags.custom<{readonly contract: string; readonly major?: number}>({
  helpValue: 'NAME[@MAJOR]',
  parse: async text => {
    const [, name = text, major] = /^(.+)@(\d{1,9})$/.exec(text) ?? []
    return {contract: name, ...(major === undefined ? {} : {major: Number(major)})}
  },
})

/** What of the record to show. */
export const usageFilter = {
  contract: contract({description: 'Only this contract, or this major of it.'}),
  client: Flags.string({helpValue: 'TEXT', description: 'Only clients whose name holds this.'}),
}

export function filterOf(flags: {
  readonly contract?: {readonly contract: string; readonly major?: number} | undefined
  readonly client?: string | undefined
}): UsageFilter {
  return {...flags.contract, ...(flags.client === undefined ? {} : {client: flags.client})}
}

export const format = Flags.option({
  options: FORMATS,
  description: 'How the logs are written; found out by their first lines where it is not said.',
})()

/** Minutes east of UTC. */
export const zone = Flags.custom<number>({
  helpValue: '+HH:MM',
  description: "The balancer's time zone, where its log does not say it; this machine's without it.",
  parse: async text => {
    const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(text === 'UTC' ? '+00:00' : text) ?? []
    if (sign === undefined) throw new CLIError(`${text}: write a zone such as +02:00 or UTC`)
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  },
})()
