import {constants} from 'node:os'
import {ExitError} from '@oclif/core/errors'
import * as Flags from '@oclif/core/flags'
import type {Audience} from '../demo/demo.ts'
import type {DemoAccount} from '../demo/account.ts'
import {demoLine, demoText} from '../report/demo.ts'
import {paintOf} from '../report/look.ts'
import {planTree} from '../report/plan/tree.ts'
import {SluiceCommand} from './base.ts'
import {lookOf} from './shared/terminal.ts'

const FAILED = 1

const TITLES = {
  first: 'The first releases start: servers before their clients',
  migration: 'A new version of accounts-api: nobody may ever meet a version it does not understand',
  broken: 'accounts 3.1.0 answers 500 to everything: it goes out like any other release',
} as const

export default class Demo extends SluiceCommand {
  static override summary = 'A whole system on this machine, upgraded under traffic.'

  static override description =
    'Makes four git repositories with tagged releases in a temporary folder, starts them as real processes behind a ' +
    'weighted balancer, keeps steady traffic on them, carries out a contract migration, and sends a broken release to show ' +
    'it taken back. Takes about a minute; everything it starts is ended, also after Ctrl-C.\n\n' +
    'Ends with 1 when a request of the migration failed or the broken release was not taken back, and with 130 after Ctrl-C.'

  static override examples = [
    '<%= config.bin %> demo',
    '<%= config.bin %> demo --keep',
    '<%= config.bin %> demo --balancer haproxy',
    '<%= config.bin %> demo --balancer haproxy --runtime docker',
    '<%= config.bin %> demo --json',
  ]

  static override flags = {
    balancer: Flags.option({
      options: ['embedded', 'haproxy'] as const,
      default: 'embedded',
      description: 'What shares out the traffic; haproxy needs the program haproxy on this machine.',
    })(),
    runtime: Flags.option({
      options: ['process', 'docker'] as const,
      default: 'process',
      description:
        'What instances are; docker needs an engine on this machine, and makes its image from the Node that runs here.',
    })(),
    keep: Flags.boolean({description: 'Leave the folder with its repositories and its sluice.yaml, for playing.'}),
  }

  private signalled: NodeJS.Signals | undefined

  async run(): Promise<DemoAccount> {
    const {flags} = await this.parse(Demo)
    const stop = new AbortController()
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    const onSignal = (signal: NodeJS.Signals) => {
      this.signalled ??= signal
      stop.abort()
    }
    for (const signal of signals) process.on(signal, onSignal)
    try {
      const {demo} = await import('../demo/demo.ts')
      const end = this.take(
        await demo(
          {keep: flags.keep, balancer: flags.balancer, runtime: flags.runtime, abort: stop.signal},
          this.audience(),
        ),
      )
      this.print(demoText(end.account, this.look))
      if (flags.keep) this.remark(`kept in ${end.folder}`)
      const {migration, broken} = end.account
      return migration.failed === 0 && broken.takenBack ? end.account : this.end(FAILED, end.account)
    } finally {
      for (const signal of signals) process.off(signal, onSignal)
    }
  }

  /** Whoever stopped it has nothing to look after: it ends as any program that is stopped does. */
  protected override async catch(thrown: Error): Promise<never> {
    return super.catch(thrown).catch((ended: unknown) => {
      throw this.signalled === undefined ? ended : new ExitError(128 + constants.signals[this.signalled])
    })
  }

  private audience(): Audience {
    const look = lookOf(process.stderr)
    const paint = paintOf(look)
    return {
      opened: (world, perSecond) =>
        this.remark(`${paint.strong('demo')} in ${world.folder}, ${perSecond} requests/s on ${world.front}`),
      begins: act => this.remark(`\n${paint.strong(TITLES[act])}`),
      planned: (act, plan) => {
        if (act !== 'first') this.remark(planTree(plan, look))
      },
      happened: (_act, event) => {
        const line = demoLine(event, look)
        if (line !== undefined) this.remark(line)
      },
    }
  }
}
