// Loaded before the command by `node --import`: counts what it commits to its record, and kills it with SIGKILL at one of
// these, before or after: dying.mjs?at=7&when=before. With no `at`, it says at the end how many there were.
import {register} from 'node:module'
import {Socket} from 'node:net'

const {searchParams} = new URL(import.meta.url)
const at = Number(searchParams.get('at') ?? Infinity)
const isBefore = searchParams.get('when') === 'before'
let commits = 0

/** Around one commit: `commit` does it, `done` is called when it is on disk. */
function around(commit) {
  const isLast = ++commits === at
  if (isLast && isBefore) process.kill(process.pid, 'SIGKILL')
  return commit(() => isLast && process.kill(process.pid, 'SIGKILL'))
}

const [major, minor] = process.versions.node.split('.').map(Number)
const hasOwn = major > 22 || (major === 22 && minor >= 13)
const real = await import(hasOwn ? 'node:sqlite' : '@photostructure/sqlite')

// Whoever asks for SQLite from now on gets this module, and in it the real thing with one method watched.
register('./dying-hooks.mjs', import.meta.url, {data: {instead: import.meta.url}})

export class DatabaseSync extends real.DatabaseSync {
  exec(sql) {
    if (sql !== 'COMMIT') return super.exec(sql)
    return around(done => {
      super.exec(sql)
      done()
    })
  }
}

// PostgreSQL is spoken to over a socket: its answer to COMMIT is the next thing that comes.
const {write} = Socket.prototype
Socket.prototype.write = function (chunk, ...rest) {
  if (!Buffer.isBuffer(chunk) || !chunk.includes('COMMIT\0')) return write.call(this, chunk, ...rest)
  return around(done => {
    this.once('data', done)
    return write.call(this, chunk, ...rest)
  })
}

if (at === Infinity) process.on('exit', () => process.stderr.write(`commits: ${commits}\n`))
