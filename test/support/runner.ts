import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join, resolve} from 'node:path'
import {text} from 'node:stream/consumers'
import {onTestFinished} from 'vitest'
import {parse} from 'yaml'
import type {InputName} from '../../src/action/definition.ts'
import type {Rig} from './rig.ts'

/** What one run of the built Action came to. */
export interface ActionRan {
  readonly code: number | null
  /** The log, as the runner reads it: commands to it included. */
  readonly log: string
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
}

/** What a workflow says, and what it runs for. */
export interface ActionAsked {
  readonly with: Partial<Record<InputName, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Of the pull request that started it. */
  readonly event?: object
  /** Where the Action is; here without it. */
  readonly from?: string
}

/** Runs the built Action in the rig's folder as a runner does: inputs and files in the environment, defaults of action.yml. */
export async function ranAction(rig: Rig, asked: ActionAsked): Promise<ActionRan> {
  const files = join(rig.folder, 'tmp', `runner-${Math.random().toString(36).slice(2)}`)
  await mkdir(files)
  const at = (name: string) => join(files, name)
  for (const name of ['output', 'summary']) await writeFile(at(name), '')
  await writeFile(at('event.json'), JSON.stringify(asked.event ?? {}))
  const child = spawn(process.execPath, [resolve(asked.from ?? '.', 'dist/action.js')], {
    cwd: rig.folder,
    env: {
      ...rig.env,
      ...(await inputVariables(asked.with)),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: rig.folder,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_OUTPUT: at('output'),
      GITHUB_STEP_SUMMARY: at('summary'),
      GITHUB_EVENT_PATH: at('event.json'),
      ...asked.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const [log, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await closed) as [number | null]
  return {
    code,
    log: log + errors,
    outputs: outputsIn(await readFile(at('output'), 'utf8')),
    summary: await readFile(at('summary'), 'utf8'),
  }
}

async function inputVariables(given: ActionAsked['with']): Promise<Record<string, string>> {
  const {inputs} = parse(await readFile('action.yml', 'utf8')) as {inputs: Record<string, {default?: string}>}
  return Object.fromEntries(
    Object.entries(inputs).map(([name, facts]) => {
      const value = new Map(Object.entries(given)).get(name) ?? facts.default ?? ''
      return [`INPUT_${name.toUpperCase()}`, value.replace('${{ github.token }}', 'a-github-token')]
    }),
  )
}

/** The runner's format: a name, a word that ends the value, the value, the word. */
function outputsIn(file: string): Record<string, string> {
  return Object.fromEntries(
    [...file.matchAll(/^(\S+?)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name = '', , value = '']) => [name, value]),
  )
}

/** One call of GitHub's API, as it was made. */
export interface ApiCall {
  readonly call: string
  readonly body: {readonly body?: string}
}

/** As much of GitHub's API as comments need, and what was asked of it. */
export async function commentsApi(): Promise<{url: string; calls: ApiCall[]; bodies: Map<number, string>}> {
  const calls: ApiCall[] = []
  const bodies = new Map<number, string>()
  const server: Server = createServer((request, response) => void answer(request, response))
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const sent = await text(request)
    const body = (sent === '' ? {} : JSON.parse(sent)) as ApiCall['body']
    const {method = '', url = ''} = request
    calls.push({call: `${method} ${url.split('?')[0]}`, body})
    if (method === 'POST') bodies.set(bodies.size + 1, body.body ?? '')
    if (method === 'PATCH') bodies.set(Number(url.split('/').at(-1)), body.body ?? '')
    const comments = [...bodies].map(([id, written]) => ({id, body: written, user: {type: 'Bot'}}))
    response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(method === 'GET' ? comments : {}))
  }
  // A connection that is kept must not be closed while it is about to be used.
  server.keepAliveTimeout = 65_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const {port} = server.address() as AddressInfo
  return {url: `http://127.0.0.1:${port}`, calls, bodies}
}

/** The event of a pull request from this repository, or from somebody's fork. */
export function pullRequest(from = 'acme/shop'): object {
  return {pull_request: {number: 7, head: {repo: {full_name: from}}, base: {repo: {full_name: 'acme/shop'}}}}
}
