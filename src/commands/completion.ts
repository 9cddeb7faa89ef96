import * as Args from '@oclif/core/args'
import {completionScript, SHELLS} from '../app/completion.ts'
import {SluiceCommand} from './base.ts'

export default class Completion extends SluiceCommand {
  static override summary = 'Print the script that completes commands, flags and names in a shell.'

  static override description =
    'Commands and flags, and from the nearest sluice.yaml the names of environments and services. For good, add the line ' +
    'to the start-up file of the shell:\n\n' +
    'bash, in ~/.bashrc:  source <(sluice completion bash)\n' +
    'zsh, in ~/.zshrc after compinit:  source <(sluice completion zsh)\n' +
    'fish:  sluice completion fish > ~/.config/fish/completions/sluice.fish'

  static override examples = [
    '<%= config.bin %> completion bash',
    '<%= config.bin %> completion zsh > sluice.zsh',
    '<%= config.bin %> completion fish > sluice.fish',
  ]

  static override args = {
    shell: Args.string({required: true, options: [...SHELLS], ignoreStdin: true, description: 'Which shell.'}),
  }

  async run(): Promise<{readonly script: string}> {
    const {args} = await this.parse(Completion)
    const script = await completionScript(args.shell)
    this.print(script)
    return {script}
  }
}
