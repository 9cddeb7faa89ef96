import {readFileSync, writeFileSync} from 'node:fs'

/**
 * Completes package-lock.json after `npm install` from a registry that does not carry the packages of other platforms:
 * npm then leaves them out, and `npm ci` refuses the lock file. They are named here as npm would name them; no machine
 * of another platform needs them from such a registry, and npm fetches none that is not its own.
 */
interface Locked {
  readonly version?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

const FILE = 'package-lock.json'
const lock = JSON.parse(readFileSync(FILE, 'utf8')) as {packages: Record<string, Locked>}
const PLATFORM = /(android|darwin|freebsd|linux|win32|openharmony|wasm32|wasm)(?:-([a-z0-9]+))?(?:-([a-z]+))?$/

let added = 0
for (const [path, {dev, optionalDependencies = {}}] of Object.entries({...lock.packages})) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const found = pathOf(path, name)
    const platform = PLATFORM.exec(name)
    if (!platform || (found !== undefined && lock.packages[found]?.version === version)) continue
    lock.packages[`${found === undefined ? scopeOf(path) : `${path}/`}node_modules/${name}`] = entry(
      platform,
      version,
      dev,
    )
    added += 1
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${added} added\n`)

function entry([, os = '', cpu = '', abi = '']: RegExpExecArray, version: string, dev: boolean | undefined): Locked {
  const isWasm = os.startsWith('wasm')
  const libc = os === 'linux' && abi !== '' ? {libc: [abi.startsWith('musl') ? 'musl' : 'glibc']} : {}
  const where = isWasm ? {cpu: ['wasm32']} : {cpu: [cpu], os: [os]}
  return {version, ...where, ...libc, ...(dev && {dev}), optional: true}
}

/** Where npm would find a package from another one: beside it, or above. */
function pathOf(from: string, name: string): string | undefined {
  const parents = from
    .split('/node_modules/')
    .map((_, index, all) => all.slice(0, all.length - index).join('/node_modules/'))
  const paths = [...parents.map(parent => `${parent}/node_modules/${name}`), `node_modules/${name}`]
  return paths.find(path => lock.packages[path] !== undefined)
}

function scopeOf(path: string): string {
  const end = path.lastIndexOf('/node_modules/')
  return end < 0 ? '' : path.slice(0, end + 1)
}
