import {type Examined, examine} from '../app/doctor.ts'
import {doctorText} from '../report/doctor.ts'
import {SluiceCommand} from './base.ts'
import {environment} from './shared/flags.ts'

const FAILED = 1

export default class Doctor extends SluiceCommand {
  static override summary = 'Say what is installed and reachable, and what to do about what is not.'

  static override description =
    'Looks at this machine (Node, git, HAProxy, nginx, Docker, the clock), and, where there is a sluice.yaml, at the record ' +
    '(may it be written, does it reach the disk), at the runtime and the balancer of every environment (versions, rights, back ends, ' +
    'ports), at locks and at rollouts that nobody finished. It starts nothing and moves no traffic.\n\n' +
    'Ends with 1 when something that the file asks for would not work.'

  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --env production',
    '<%= config.bin %> doctor --json',
  ]

  static override flags = {...environment}

  async run(): Promise<Examined> {
    const {flags} = await this.parse(Doctor)
    const examined = this.take(await examine({...this.where(flags), env: flags.env}))
    this.print(doctorText(examined.findings, this.look))
    return examined.well ? examined : this.end(FAILED, examined)
  }
}
