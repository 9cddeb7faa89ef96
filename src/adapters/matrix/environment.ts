import {join} from 'node:path'

/** Environment variables, all of them set. */
export type Environment = Readonly<Record<string, string>>

/** What a cell's commands see: enough to run a program and to reach the network, and nothing that is the user's. */
const CLEAN =
  /^(?:PATH|LANG|LC_\w+|TZ|SHELL|USER|LOGNAME|SystemRoot|PATHEXT|(?:https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|PIP_CERT|JAVA_HOME|GOROOT)$/i

/** What a line that talks to a registry sees besides: the user's settings for package managers. */
const REGISTRIES =
  /^(?:HOME|USERPROFILE|APPDATA|LOCALAPPDATA|XDG_\w+|npm_config_\w+|NPM_\w+|NODE_AUTH_TOKEN|PNPM_\w+|COREPACK_\w+|YARN_\w+|PIP_\w+|UV_\w+|POETRY_\w+|BUNDLE_\w+|GOPROXY|GOPRIVATE|GONOSUMDB|GOSUMDB|GOMODCACHE|CARGO_\w+|RUSTUP_HOME|MAVEN_\w+|GRADLE_\w+|NETRC)$/i

/** Commands find caches in the user's home, and code of libraries finds it empty. */
export interface Environments {
  readonly fetch: Environment
  readonly build: Environment
}

/** Both environments of one cell, whose home and temporary folder are its own. */
export function environmentsOf(all: NodeJS.ProcessEnv, cell: string): Environments {
  const own = {TMPDIR: join(cell, 'tmp')}
  const clean = picked(all, CLEAN)
  return {
    fetch: {...clean, ...picked(all, REGISTRIES), ...own, ...CAUTIOUS},
    build: {...clean, HOME: join(cell, 'home'), ...own, ...CAUTIOUS, ...TOOLCHAINS(all)},
  }
}

/** Package managers that look for a newer one of themselves, or ask questions, have no place in a cell. */
export const CAUTIOUS = {
  npm_config_update_notifier: 'false',
  COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
  YARN_ENABLE_TELEMETRY: '0',
  GIT_TERMINAL_PROMPT: '0',
}

/** Caches that hold what was fetched, and that a build cannot do without; their homes are not the cell's. */
function TOOLCHAINS(all: NodeJS.ProcessEnv): Environment {
  const home = all['HOME']
  if (home === undefined) return {}
  return {
    CARGO_HOME: all['CARGO_HOME'] ?? join(home, '.cargo'),
    RUSTUP_HOME: all['RUSTUP_HOME'] ?? join(home, '.rustup'),
    GOMODCACHE: all['GOMODCACHE'] ?? join(home, 'go', 'pkg', 'mod'),
    PYENV_ROOT: all['PYENV_ROOT'] ?? join(home, '.pyenv'),
    YARN_GLOBAL_FOLDER: all['YARN_GLOBAL_FOLDER'] ?? join(home, '.yarn', 'berry'),
  }
}

function picked(all: NodeJS.ProcessEnv, allowed: RegExp): Environment {
  const entries = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  // npm tells the scripts it runs about itself; a cell that is started by `npm run` is none of its scripts.
  return Object.fromEntries(
    entries.filter(
      ([name]) =>
        allowed.test(name) &&
        !/^npm_config_(?:local_prefix|prefix|user_agent|npm_version|node_gyp|noproxy|init_module|global_prefix|globalconfig)$/i.test(
          name,
        ),
    ),
  )
}
