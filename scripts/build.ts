import {existsSync, readdirSync} from 'node:fs'
import {rm, writeFile} from 'node:fs/promises'
import {build, type Plugin} from 'esbuild'
import {isCommandFile} from './commands.ts'
import {manifestOf} from './manifest.ts'

/** What is not bundled: native; what `pg` has for others than Node. */
const EXTERNAL = ['@photostructure/sqlite', 'node:sqlite', 'pg-native', 'cloudflare:sockets']

/** CommonJS dependencies call `require` and ask where they are; an ES module has neither of its own. */
const BANNER = [
  `import {createRequire as __createRequire} from 'node:module';`,
  `import {fileURLToPath as __fileOf} from 'node:url';`,
  `import {dirname as __folderOf} from 'node:path';`,
  `const require=__createRequire(import.meta.url),__filename=__fileOf(import.meta.url),__dirname=__folderOf(__filename);`,
].join('')

/** Programs that Sluice starts as their own processes, by the name they get in dist/. */
const PROGRAMS: Readonly<Record<string, string>> = {balancer: 'src/adapters/balancer/embedded/main.ts'}

/** What a runner of GitHub starts, as action.yml says. */
const ACTION = {action: 'src/action/main.ts'}

/** Entry points of oclif: a file a command, and the hooks. */
function oclifEntries(): Record<string, string> {
  const files = readdirSync('src', {recursive: true, encoding: 'utf8'}).map(file => file.replaceAll('\\', '/'))
  const wanted = files.filter(file => isCommandFile(file) || /^hooks\/.*\.ts$/.test(file))
  return Object.fromEntries(wanted.map(file => [file.slice(0, -'.ts'.length), `src/${file}`]))
}

const GONE = `module.exports = new Proxy({}, {get: (_, name) => () => { throw new Error('left out of the build: ' + String(name)) }})`

/**
 * What oclif has for finding commands and plugins on disk, and frames for a spinner: the manifest makes the first
 * needless, and nobody starts the second. Reading and compiling them would be a good part of the time that `sluice plan`
 * takes. And what the toolkit of Actions has for identity tokens, which are not asked for. The others let dockerode build
 * images and speak SSH by itself, which Sluice never asks for.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  tinyglobby: GONE,
  minimatch: GONE,
  lilconfig: GONE,
  '@grpc/grpc-js': GONE,
  '@grpc/proto-loader': GONE,
  '@balena/dockerignore': GONE,
  'tar-fs': GONE,
  '@actions/http-client': GONE,
  '@actions/http-client/lib/auth': GONE,
  '@actions/exec': GONE,
  ssh2: GONE,
  'cli-spinners': `module.exports = {line: {frames: []}, dots2: {frames: []}}`,
}

const leaveOut: Plugin = {
  name: 'leave-out',
  setup(building) {
    const filter = new RegExp(`^(${Object.keys(LEFT_OUT).join('|')})$`)
    building.onResolve({filter}, ({path}) => ({path, namespace: 'left-out'}))
    building.onLoad({filter: /.*/, namespace: 'left-out'}, ({path}) => ({
      contents: LEFT_OUT[path] ?? GONE,
      loader: 'js',
    }))
  },
}

const programs = Object.fromEntries(Object.entries(PROGRAMS).filter(([, file]) => existsSync(file)))

await rm('dist', {recursive: true, force: true})
await build({
  entryPoints: {cli: 'src/cli.ts', ...ACTION, ...oclifEntries(), ...programs},
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: EXTERNAL,
  plugins: [leaveOut],
  banner: {js: BANNER},
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
})
await writeFile('oclif.manifest.json', `${JSON.stringify(await manifestOf(process.cwd()), null, 2)}\n`)
