import * as Flags from '@oclif/core/flags'
import {graph} from '../app/graph.ts'
import type {Graph as GraphDocument} from '../core/graph/graph.ts'
import {graphDot, graphMermaid, graphTree} from '../report/graph/graph.ts'
import {jsonText} from '../report/json.ts'
import type {Look} from '../report/look.ts'
import {SluiceCommand} from './base.ts'

/** Every form the graph can be written in. */
const FORMATS = {
  tree: graphTree,
  json: jsonText,
  mermaid: graphMermaid,
  dot: graphDot,
} as const satisfies Record<string, (graph: GraphDocument, look: Look) => string>

export default class Graph extends SluiceCommand {
  static override summary = 'Show services, contracts, and who calls whom.'

  static override examples = [
    '<%= config.bin %> graph',
    '<%= config.bin %> graph --format mermaid',
    '<%= config.bin %> graph --format dot',
    '<%= config.bin %> graph --env production',
    '<%= config.bin %> graph --json',
  ]

  static override flags = {
    env: Flags.string({char: 'e', helpValue: 'NAME', description: 'With what this environment overrides.'}),
    format: Flags.option({
      options: Object.keys(FORMATS) as (keyof typeof FORMATS)[],
      default: 'tree',
      description: 'How the graph is written.',
    })(),
  }

  async run(): Promise<GraphDocument> {
    const {flags} = await this.parse(Graph)
    const {graph: made, warnings} = this.take(await graph(this.where(flags), flags.env))
    this.warnings(warnings)
    this.print(() => FORMATS[flags.format](made, this.look))
    return made
  }
}
