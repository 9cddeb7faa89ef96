import * as Args from '@oclif/core/args'
import {CLIError} from '@oclif/core/errors'
import * as Flags from '@oclif/core/flags'
import {DEEDS, type Deed, isNetwork} from '../adapters/web/access.ts'
import {view} from '../app/view.ts'
import {SluiceCommand} from './base.ts'
import {environment} from './shared/flags.ts'
import {stopSignal} from './shared/stop.ts'

const TIME_LIMIT_MS = 10_000

/** `anna=approve,pause` */
const grant = Flags.custom<readonly [name: string, deeds: readonly Deed[]]>({
  helpValue: 'USER=DEED,...',
  parse: async text => {
    const [name = '', list = ''] = text.split('=')
    const deeds = list.split(',').map(word => DEEDS.find(deed => deed === word))
    const known = deeds.filter(deed => deed !== undefined)
    if (name !== '' && known.length === deeds.length) return [name, known]
    throw new CLIError(`${text}: write USER=DEED,... with ${DEEDS.join(', ')}; USER may be *`)
  },
})

/** `127.0.0.1:8080`, `[::1]:0` */
const address = Flags.custom<{readonly host: string; readonly port: number}>({
  helpValue: 'HOST:PORT',
  parse: async text => {
    const match = /^(?:\[([0-9a-fA-F:]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text)
    const port = Number(match?.[3])
    if (!match || port > 65_535) throw new CLIError(`${text}: write an address and a port, like 127.0.0.1:8080`)
    return {host: match[1] ?? match[2] ?? '', port}
  },
})

/** `10.0.0.0/8`; a word that is none would let nobody in. */
const network = Flags.custom({
  helpValue: 'ADDRESS',
  parse: async text => {
    if (isNetwork(text)) return text
    throw new CLIError(`${text}: write an address, or a network such as 10.0.0.0/8`)
  },
})

export default class View extends SluiceCommand {
  static override summary = 'Show the plan, or the rollout that is under way, as a page in a browser.'

  static override description =
    'The page is served until Ctrl-C, to this machine only, and to whoever has the address with its token. It follows the ' +
    'newest rollout that is under way; where there is none it shows the plan as it would be now, until one begins.\n\n' +
    'Nothing can be done through it unless --allow-actions says so. Behind a proxy that says who somebody is, name its ' +
    'header and its addresses, and who may do what; --listen may then be another address than one of this machine.'

  static override examples = [
    '<%= config.bin %> view',
    '<%= config.bin %> view latest --env production --allow-actions',
    '<%= config.bin %> view --listen 127.0.0.1:8080 --user-header X-Remote-User --trust 127.0.0.1 --allow-actions --may anna=approve,pause --may ops=abort',
  ]

  static override args = {
    rollout: Args.string({
      ignoreStdin: true,
      description: 'A rollout, or latest. Without it, the one that is under way, or the plan.',
    }),
  }

  static override flags = {
    ...environment,
    listen: address({
      default: async () => ({host: '127.0.0.1', port: 0}),
      defaultHelp: async () => '127.0.0.1:0',
      description: 'Where to listen; port 0 takes one that is free.',
    }),
    'allow-actions': Flags.boolean({description: 'Let rollouts be approved, paused and aborted through the page.'}),
    may: grant({
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['allow-actions'],
      description: 'What somebody may do; without it, whoever has the token may do everything.',
    }),
    'user-header': Flags.string({
      helpValue: 'NAME',
      dependsOn: ['trust'],
      description: 'The header in which a proxy says who somebody is; takes the place of the token.',
    }),
    trust: network({
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['user-header'],
      description: 'An address, or a network such as 10.0.0.0/8, whose header is believed.',
    }),
  }

  private isTold = false

  /** Whoever reads the document needs it while the page is there, not when it has gone. */
  override logJson(document: unknown): void {
    if (!this.isTold) super.logJson(document)
    this.isTold = true
  }

  async run(): Promise<{readonly url: string}> {
    const {flags, args} = await this.parse(View)
    const {host, port} = flags.listen
    const header = flags['user-header']
    if (header === undefined && !isLoopback(host)) {
      throw new CLIError(`--listen ${host}: without --user-header the page is for this machine only, like 127.0.0.1:0`)
    }
    const stop = stopSignal()
    const {url, served} = this.take(
      await view({
        ...this.where(flags),
        env: flags.env,
        host,
        port,
        actions: flags['allow-actions'],
        may: new Map((flags.may ?? []).map(([name, deeds]) => [name, new Set(deeds)])),
        timeLimitMs: TIME_LIMIT_MS,
        ...(args.rollout !== undefined && {rollout: args.rollout}),
        ...(header !== undefined && {proxy: {header, trusted: flags.trust ?? []}}),
      }),
    )
    this.print(url)
    if (this.jsonEnabled()) this.logJson({url})
    this.remark('open this address; Ctrl-C ends the page')
    await new Promise(resolve => stop.signal.addEventListener('abort', resolve, {once: true}))
    await served.end()
    return {url}
  }
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.')
}
