import {realpathSync} from 'node:fs'
import {dirname} from 'node:path'
import type {SimpleGit} from 'simple-git'
import {type Failure, failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import {withoutSecrets} from './address.ts'

/** What of the operator's environment git may see: how to reach the network and whose machine it is, never GIT_DIR. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'SystemRoot',
  'TEMP',
  'TMP',
  'TMPDIR',
  'USER',
  'LOGNAME',
  'XDG_CONFIG_HOME',
  'SSH_AUTH_SOCK',
  'SSH_AGENT_PID',
  'SSH_ASKPASS',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_ASKPASS',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
]

/** Nothing that a repository brings along is run: no hooks, no monitors, no transports that are programs. */
const GUARDS = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'protocol.ext.allow=never']

/** A remote that shows no progress for this long will not send anything any more. */
const SILENCE_MS = 120_000

export interface GitOptions {
  /** What the command reads from standard input. */
  readonly input?: () => string
  /** It talks to a remote, and shows its progress. What works on this machine may be silent for as long as it takes. */
  readonly isRemote?: boolean
}

/** Git in one folder, and only there: a folder that is no repository is not looked for above. */
export async function gitIn(folder: string, {input, isRemote = false}: GitOptions = {}): Promise<SimpleGit> {
  const {simpleGit} = await import('simple-git')
  const git = simpleGit({
    baseDir: folder,
    config: GUARDS,
    allowEnvironment: [
      ...PASSED_ON.filter(name => /GIT|SSH/.test(name)),
      'GIT_TERMINAL_PROMPT',
      'GIT_CEILING_DIRECTORIES',
      'GIT_OPTIONAL_LOCKS',
    ],
    // These are the operator's own settings; simple-git cannot know that no repository chose them.
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
      allowUnsafeAskPass: true,
      allowUnsafeConfigPaths: true,
    },
    // By itself simple-git takes a git without a code for one that did its work.
    errors: (error, {exitCode}) => error ?? (Number.isInteger(exitCode) ? undefined : Buffer.from(ENDED)),
    ...(input ? {input} : {}),
    ...(isRemote ? {timeout: {block: SILENCE_MS}} : {}),
  })
  return git.env(environmentFor(folder))
}

function environmentFor(folder: string): Record<string, string> {
  const passed = PASSED_ON.flatMap(name => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(passed),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CEILING_DIRECTORIES: dirname(realpathSync(folder)),
    LC_ALL: 'C',
  }
}

const ENDED = 'git was ended before it was done'

/**
 * Runs git, and turns what it throws into a failure that names the repository. One that was ended is run once more: Ctrl-C in
 * a terminal reaches it, too, and it is not for git to say what becomes of us.
 */
export async function attempt<T>(repository: string, run: () => Promise<T>): Promise<Result<T>> {
  const again = (error: unknown): Promise<T> => {
    if (messageOf(error) === ENDED) return run()
    throw error
  }
  try {
    return ok(await run().catch(again))
  } catch (error) {
    return fail(failed(repository, error))
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function failed(repository: string, error: unknown): Failure {
  const said = withoutSecrets(messageOf(error)).trim()
  const known = EXPLAINED.find(({pattern}) => pattern.test(said))
  const name = withoutSecrets(repository)
  const message = `the repository ${name} cannot be read: ${known?.message ?? reasonIn(said)}`
  return failure('repository-failed', {message, ...(known?.hint === undefined ? {} : {hint: known.hint})})
}

/** What went wrong stands before the advice that git ends with. */
function reasonIn(said: string): string {
  const lines = said.split('\n').map(line => line.trim())
  const advice = lines.indexOf('fatal: Could not read from remote repository.')
  return lines.slice(0, advice > 0 ? advice : undefined).at(-1) || 'git gave up'
}

const EXPLAINED: readonly {pattern: RegExp; message: string; hint?: string}[] = [
  {pattern: /ENOENT/, message: 'git is not there', hint: 'install git, or name a folder that exists'},
  {pattern: /does not exist/, message: 'there is no such folder', hint: 'a path starts from the folder of sluice.yaml'},
  {pattern: /not a git repository|not appear to be a git repository/, message: 'it is no git repository'},
  {
    pattern: /dubious ownership/,
    message: 'it belongs to somebody else',
    hint: 'git config --global --add safe.directory, if you trust it',
  },
  {
    pattern: /could not read Username|Authentication failed|Permission denied|terminal prompts disabled/,
    message: 'it wants a login',
    hint: 'set up a credential helper or an ssh key; nothing is asked for here',
  },
  {pattern: /block timeout reached/, message: 'nothing came for two minutes'},
]
