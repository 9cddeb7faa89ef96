import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {followLogs} from '../../app/usage-follow.ts'
import {forgetSource, ingestLogs, readNow, usage} from '../../app/usage.ts'
import {usageDocument, type UsageDocument} from '../../report/usage/document.ts'
import {number, numbered, usageText} from '../../report/usage/text.ts'
import {SluiceCommand} from '../base.ts'
import {format, usageFilter, zone, filterOf} from '../shared/usage-flags.ts'
import {duration, environment} from '../shared/flags.ts'

export default class Usage extends SluiceCommand {
  static override summary = 'Who calls which contract version, from access logs, syslog, stick tables or metrics.'

  static override description =
    'Without --read, --ingest and --follow, shows what was recorded: per contract and major the calls, who made them and by ' +
    'what they are known, the trend by day, and for how long no call was missed.\n\n' +
    'Without usage.sources in sluice.yaml, --read asks the embedded balancer. Logs of HAProxy, nginx and Apache are read, and JSON lines; gzip and zstd are unpacked; - is standard input. Reading ' +
    'goes on where it was left, also in a log that was rotated or compressed since, and counts no line twice.'

  static override examples = [
    '<%= config.bin %> usage',
    '<%= config.bin %> usage --read',
    '<%= config.bin %> usage --ingest /var/log/haproxy.log*',
    '<%= config.bin %> usage --contract accounts-api@1 --since 7d --json',
    '<%= config.bin %> usage --follow',
  ]

  static override strict = false

  static override args = {file: Args.string({ignoreStdin: true, description: 'With --ingest: further logs.'})}

  static override flags = {
    ...environment,
    ...usageFilter,
    since: duration({description: 'Only calls of the last so long: 24h, 7d.'}),
    ingest: Flags.string({multiple: true, helpValue: 'FILE', description: 'Read these logs into the record first.'}),
    read: Flags.boolean({
      description:
        'Read the sources of sluice.yaml up to now first: logs, stick tables, Prometheus; without any, the embedded balancer.',
      exclusive: ['follow', 'ingest'],
    }),
    follow: Flags.boolean({
      description: 'Read the sources of sluice.yaml, or the logs of --ingest, as they grow, until interrupted.',
    }),
    source: Flags.string({helpValue: 'NAME', description: 'The name of the logs, where their path does not tell it.'}),
    forget: Flags.string({helpValue: 'NAME', description: 'Wait no longer for this log: its balancer is gone.'}),
    format,
    zone,
  }

  async run(): Promise<UsageDocument> {
    const {flags, argv} = await this.parse(Usage)
    const where = {...this.where(flags), env: flags.env}
    if (flags.forget !== undefined) this.take(await forgetSource(where, flags.forget))
    const files = [...(flags.ingest ?? []), ...argv.map(String)]
    const reading = {...where, files, source: flags.source, format: flags.format, zoneMinutes: flags.zone}
    if (flags.follow)
      this.take(await followLogs({...reading, signal: this.interrupted(), say: text => this.remark(text)}))
    else if (flags.read) this.take(await readNow(reading))
    else if (files.length > 0) {
      for (const {path, lines, skipped} of this.take(await ingestLogs(reading))) {
        const before = skipped > 0 ? `, after ${number(skipped)} bytes that were read before` : ''
        const bad = lines.unparsed > 0 ? `, ${number(lines.unparsed)} could not be read` : ''
        this.remark(`${path}: ${numbered(lines.read, 'line')}${before}, ${numbered(lines.matched, 'call')}${bad}`)
      }
    }
    const {used} = this.take(await usage({...where, filter: filterOf(flags), sinceMs: flags.since}))
    this.print(usageText(used, this.look))
    return usageDocument(used)
  }

  /** Aborted by the first Ctrl-C, so that what was read is written down. */
  private interrupted(): AbortSignal {
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
    return stop.signal
  }
}
