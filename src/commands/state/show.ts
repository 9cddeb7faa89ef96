import {showState, type StateShown} from '../../app/state.ts'
import {stateText} from '../../report/state.ts'
import {SluiceCommand} from '../base.ts'

export default class StateShow extends SluiceCommand {
  static override summary = 'Show where rollouts are recorded, what is there, and who holds what.'

  static override examples = ['<%= config.bin %> state show', '<%= config.bin %> state show --json']

  async run(): Promise<StateShown> {
    const {flags} = await this.parse(StateShow)
    const shown = this.take(await showState(this.where(flags)))
    this.print(stateText(shown, this.look))
    return shown
  }
}
