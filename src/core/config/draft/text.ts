import {by} from '../../base/order.ts'
import type {Draft, DraftContract, DraftRun, DraftService} from './draft.ts'

/** A scalar that YAML reads back as this text. */
function quoted(text: string): string {
  return /^[A-Za-z/.][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text)
}

/**
 * The first `sluice.yaml` of a draft, with what each part is for.
 * @param schema where the JSON Schema is, for editors
 */
export function draftText(draft: Draft, schema: string): string {
  const contracts = contractsOf(draft)
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# Written by "sluice init" from ${draft.source}. Everything here is yours to change; "sluice validate" says what is wrong.`,
    ...draft.leftOut.map(text => `# ${oneLine(text)}`),
    'sluice: 1',
    `system: ${quoted(draft.system)}`,
    ...contractLines(contracts),
    '',
    '# What is upgraded together. role: critical brings traffic over in 5/25/50/100 %, client in 10/50/100, backend at once.',
    'services:',
    ...draft.services.flatMap(service => serviceLines(service, draft, contracts)),
    '',
    '# Where the system runs, and how far it shall come.',
    'environments:',
    '  production:',
    `    runtime: { driver: ${draft.runtime} }`,
    '    balancer: { driver: embedded }   # or haproxy, nginx: see docs/drivers',
    '    # What runs now; only until Sluice has its own record of it.',
    `    current: { ${draft.services.map(({name, version}) => `${quoted(name)}: ${version}`).join(', ')} }`,
    '    # A version, a range like ^2, latest, or none. With a newer release, "sluice plan" says in which order.',
    `    target: { ${draft.services.map(({name, version}) => `${quoted(name)}: ${targetOf(version)}`).join(', ')} }`,
    '',
  ].join('\n')
}

/** What is latest is never a pre-release. */
function targetOf(version: string): string {
  return /^[\d.]+-/.test(version) ? version : 'latest'
}

function contractsOf({services}: Draft): ReadonlyMap<string, readonly DraftContract[]> {
  const called = new Set(services.flatMap(({calls}) => calls))
  return new Map(
    services.map(({name, provides}) => [
      name,
      provides.length > 0 || !called.has(name) ? provides : [{name: `${name}-api`, version: '1.0.0'}],
    ]),
  )
}

function contractLines(contracts: ReadonlyMap<string, readonly DraftContract[]>): readonly string[] {
  const named = new Map([...contracts.values()].flat().map(contract => [contract.name, contract]))
  const all = [...named.values()].sort(by(({name}) => name))
  if (all.length === 0) return []
  return [
    '',
    '# The APIs between services. calls says how a call to one major version looks, so that it is known who still calls it.',
    'contracts:',
    ...all.map(({name, spec, path}) => {
      const spoken = spec === undefined ? [] : [`spec: ${quoted(spec)}`]
      const calls = path === undefined ? [] : [`calls: { path: ${quoted(path)} }`]
      const hint = path === undefined ? '   # calls: { path: "/api/v{major}/" }' : ''
      return `  ${quoted(name)}: { ${['compatibility: tolerant', ...spoken, ...calls].join(', ')} }${hint}`
    }),
  ]
}

function serviceLines(
  {name, version, repo, isTagged, isDescribed, run, listen, calls, notes}: DraftService,
  {services}: Draft,
  contracts: ReadonlyMap<string, readonly DraftContract[]>,
): readonly string[] {
  const provides = contracts.get(name) ?? []
  const consumes = calls.flatMap(called => contracts.get(called) ?? [])
  const role = roleOf(
    listen !== undefined,
    calls.length > 0,
    services.some(other => other.calls.includes(name)),
  )
  const speech = [
    ...(provides.length === 0 ? [] : [`provides: { ${provides.map(entry).join(', ')} }`]),
    ...(consumes.length === 0
      ? []
      : [`consumes: { ${consumes.map(({name: of, version: at}) => `${quoted(of)}: ^${at}`).join(', ')} }`]),
  ]
  return [
    `  ${quoted(name)}:`,
    ...notes.map(note => `    # ${oneLine(note)}`),
    `    role: ${role}`,
    ...(repo === undefined ? [] : [`    repo: ${quoted(repo)}${isTagged ? '' : `   # no tag v${version} yet`}`]),
    ...runLines(run),
    ...(listen === undefined ? [] : [`    route: { backend: ${quoted(name)}, listen: ${JSON.stringify(listen)} }`]),
    ...(role === 'backend' ? [] : [CAREFUL]),
    ...(isDescribed ? [] : ['    releases:', `      ${version}: { ${speech.join(', ')} }`.replace('{  }', '{}')]),
  ]
}

/** What others call and what is open to all is critical; what is only open, and calls, is where people are. */
function roleOf(isOpen: boolean, calls: boolean, isCalled: boolean): 'critical' | 'client' | 'backend' {
  if (!isOpen) return 'backend'
  if (isCalled) return 'critical'
  return calls ? 'client' : 'backend'
}

/** What a share of the traffic is held for, and what must hold meanwhile. */
const CAREFUL =
  '    rollout: { bake: 60s, checks: [{ errors: "< 1%" }] }   # each share is held so long, and taken back on more errors'

function entry({name, version}: DraftContract): string {
  return `${quoted(name)}: ${version}`
}

function runLines({image, command, port, replicas, health, env}: DraftRun): readonly string[] {
  const parts = [
    image !== undefined && `image: ${JSON.stringify(image)}`,
    command !== undefined && `command: ${JSON.stringify(command)}`,
    port !== undefined && `port: ${port}`,
    replicas !== undefined && `replicas: ${replicas}`,
    health !== undefined && `health: { path: ${quoted(health)} }`,
    env && Object.keys(env).length > 0 && `env: { ${Object.entries(env).map(pairText).join(', ')} }`,
  ].filter(Boolean)
  return parts.length === 0 ? [] : [`    run: { ${parts.join(', ')} }`]
}

function pairText([name, value]: readonly [string, string]): string {
  return `${name}: ${quoted(value)}`
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
