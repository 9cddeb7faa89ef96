// Loaded before the command by `node --import`: counts what it commits to its record, and kills it with SIGKILL at one of
// these, before or after: dying.mjs?at=7&when=before. With no `at`, it says at the end how many there were.
import {register} from 'node:module'
import {Socket} from 'node:net'

const {searchParams} = new URL(import.meta.url)
const at = Number(searchParams.get('at') ?? Infinity)
const isBefore = searchParams.get('when') === 'before'
let commits = 0

const BIND = 'B'.charCodeAt(0)

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

// PostgreSQL is spoken to over a socket: its answer to a commit is the next thing that comes. One of what was only read
// does not count, and an entry alone is a statement that commits itself, of a name that begins like this.
const {write} = Socket.prototype
const readers = new WeakSet()
Socket.prototype.write = function (chunk, ...rest) {
  const isMessage = Buffer.isBuffer(chunk)
  if (isMessage && chunk.includes('READ ONLY')) readers.add(this)
  if (isMessage && chunk.includes('READ COMMITTED')) readers.delete(this)
  if (!isMessage || !isCommit(chunk, readers.has(this))) return write.call(this, chunk, ...rest)
  return around(done => {
    this.once('data', done)
    return write.call(this, chunk, ...rest)
  })
}

function isCommit(message, isReading) {
  return message.includes('\0sluice_') ? message[0] === BIND : message.includes('COMMIT\0') && !isReading
}

if (at === Infinity) process.on('exit', () => process.stderr.write(`commits: ${commits}\n`))
