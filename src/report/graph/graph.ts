import {printable} from '../../core/base/printable.ts'
import type {Graph, GraphService} from '../../core/graph/graph.ts'
import {type Look, paintOf} from '../look.ts'
import {counted} from '../text/count.ts'
import {mermaidLabel} from '../text/mermaid.ts'

/** Each service with its releases, what it serves to whom, and what it waits for. */
export function graphTree(graph: Graph, look: Look): string {
  const paint = paintOf(look)
  const head = `${paint.strong(printable(graph.system))}  ${counted(graph.services.length, 'service')}, ${counted(graph.edges.length, 'call')}`
  return [head, '', ...graph.services.flatMap(service => [...serviceLines(service, graph, look), ''])].join('\n')
}

function serviceLines(service: GraphService, graph: Graph, look: Look): readonly string[] {
  const paint = paintOf(look)
  const title = `${paint.name(printable(service.name))}  ${paint.faint(releasesText(service.releases))}`
  const served = service.provides.map(contract => {
    const clients = graph.edges.filter(edge => edge.server === service.name && edge.contract === contract)
    const by = clients.map(({client}) => printable(client)).join(', ')
    return `serves ${printable(contract)}${by === '' ? '' : ` to ${by}`}`
  })
  const called = service.consumes.map(contract => {
    const server = graph.edges.find(edge => edge.client === service.name && edge.contract === contract)?.server
    return `calls ${printable(contract)} ${server === undefined ? 'outside the system' : `of ${printable(server)}`}`
  })
  const waits = service.after.length > 0 ? [`moves after ${service.after.map(printable).join(', ')}`] : []
  const lines = [...served, ...called, ...waits]
  return [title, ...lines.map((line, index) => `${index === lines.length - 1 ? '└' : '├'} ${line}`)]
}

function releasesText(releases: readonly string[]): string {
  if (releases.length === 0) return 'no releases'
  const shown = releases.length > 4 ? [...releases.slice(0, 1), '…', ...releases.slice(-2)] : releases
  return shown.map(printable).join(' ')
}

/** A Mermaid flowchart: a box a service, an arrow from client to server. */
export function graphMermaid(graph: Graph): string {
  const ids = new Map(graph.services.map(({name}, index) => [name, `s${index}`]))
  const boxes = graph.services.map(({name}) => `  ${ids.get(name)}[${mermaidLabel(name)}]`)
  const arrows = graph.edges.map(
    ({client, server, contract}) => `  ${ids.get(client)} -->|${mermaidLabel(contract)}| ${ids.get(server)}`,
  )
  return ['flowchart LR', ...boxes, ...arrows, ''].join('\n')
}

/** Graphviz: the same, as `dot` reads it. */
export function graphDot(graph: Graph): string {
  const nodes = graph.services.map(({name}) => `  ${quoted(name)};`)
  const edges = graph.edges.map(
    ({client, server, contract}) => `  ${quoted(client)} -> ${quoted(server)} [label=${quoted(contract)}];`,
  )
  return [
    `digraph ${quoted(graph.system)} {`,
    '  rankdir=LR;',
    '  node [shape=box];',
    ...nodes,
    ...edges,
    '}',
    '',
  ].join('\n')
}

function quoted(text: string): string {
  return `"${printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
