import {spawn} from 'node:child_process'
import {text} from 'node:stream/consumers'
import {homedir} from 'node:os'
import {join} from 'node:path'
import type {AuthConfig} from 'dockerode'
import {readIfThere} from '../files.ts'

/** Docker's own name for the registry that images without one come from. */
const DOCKER_HUB = 'https://index.docker.io/v1/'

/** The registry of an image, as Docker's configuration names it. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/')
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : DOCKER_HUB
}

/** The part of Docker's `config.json` that says who the user is to registries. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, {readonly auth?: string; readonly identitytoken?: string}>>
  readonly credHelpers?: Readonly<Record<string, string>>
  readonly credsStore?: string
}

/** What the user's Docker configuration has for the registry of the image; undefined where it has nothing. */
export async function credentialsFor(image: string, env: NodeJS.ProcessEnv): Promise<AuthConfig | undefined> {
  const folder = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker')
  const config = parsed(await readIfThere(join(folder, 'config.json')))
  const registry = registryOf(image)
  const helper = config.credHelpers?.[registry] ?? config.credsStore
  return helper === undefined ? written(config, registry) : helped(helper, registry, env)
}

function parsed(text: string | undefined): DockerConfig {
  const read: unknown = JSON.parse(text ?? '{}')
  return typeof read === 'object' && read !== null ? read : {}
}

function written({auths}: DockerConfig, registry: string): AuthConfig | undefined {
  const {auth, identitytoken} = auths?.[registry] ?? {}
  if (identitytoken !== undefined) return {identitytoken, serveraddress: registry}
  if (auth === undefined) return undefined
  const [username = '', ...password] = Buffer.from(auth, 'base64').toString('utf8').split(':')
  return {username, password: password.join(':'), serveraddress: registry}
}

/** Names the program in Docker's way; anything else would be a path. */
const HELPER_NAME = /^[\w.-]+$/

/** Asks `docker-credential-<helper> get`, which reads the registry from its input. */
async function helped(helper: string, registry: string, env: NodeJS.ProcessEnv): Promise<AuthConfig | undefined> {
  if (!HELPER_NAME.test(helper)) return undefined
  const child = spawn(`docker-credential-${helper}`, ['get'], {env, stdio: ['pipe', 'pipe', 'ignore']})
  const started = new Promise<boolean>(resolve =>
    child.once('spawn', () => resolve(true)).once('error', () => resolve(false)),
  )
  if (!(await started)) return undefined
  child.stdin.on('error', () => {}).end(registry)
  const said = parsedAnswer(await text(child.stdout))
  return said && {username: said.Username, password: said.Secret, serveraddress: registry}
}

/** Undefined where the helper knows nothing of the registry: it then says so in words. */
function parsedAnswer(text: string): {readonly Username: string; readonly Secret: string} | undefined {
  try {
    return JSON.parse(text) as {Username: string; Secret: string}
  } catch {
    return undefined
  }
}
