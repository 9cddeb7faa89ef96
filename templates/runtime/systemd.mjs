#!/usr/bin/env node
// A `command` runtime over systemd: each instance is a transient unit, made by systemd-run. Use it as start, stop and status
// alike, with --user for a user's own manager; docs/drivers/command.md says what is asked. Change it to your taste: where
// ports come from, users, slices, limits.
import {execFileSync} from 'node:child_process'
import {randomInt} from 'node:crypto'
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

const asked = JSON.parse(readFileSync(0, 'utf8'))
if (asked.sluiceRuntime !== 1) throw new Error(`this speaks version 1 of the protocol, not ${asked.sluiceRuntime}`)

const manager = process.argv.includes('--user') ? ['--user'] : []
const systemctl = (...words) => execFileSync('systemctl', [...manager, ...words], {encoding: 'utf8'})
/** Everything of one system and environment begins with this. */
const prefix = `sluice-${asked.system}-${asked.environment}-`
/** Ports that systems do not hand out by themselves, so that nobody's call on its way out has the one of an instance. */
const [lowest, highest] = [61_000, 65_535]
/** Where a start says which ports it is about to give away: two at once would else take the same one. */
const claims = join(process.env.XDG_RUNTIME_DIR ?? '/run', 'sluice-ports')
await {start, stop, status}[asked.do](asked)

async function start({service, release, mode, pool, rollout, replicas, run, folder}) {
  const there = new Set(units().map(({Id}) => Id))
  for (let number = 1; number <= replicas; number++) {
    const unit = `${prefix}${escaped(`${service}.${pool}.${number}`)}.service`
    if (there.has(unit)) continue
    const port = await claimedPort()
    try {
      const facts = JSON.stringify({service, release, mode, rollout, address: `127.0.0.1:${port}`})
      const env = {...run.env, PORT: port, SLUICE_SERVICE: service, SLUICE_RELEASE: release, SLUICE_MODE: mode ?? ''}
      execFileSync('systemd-run', [
        ...manager,
        '--quiet',
        `--unit=${unit}`,
        `--description=${facts}`,
        // A unit that has ended stays, so that status can tell why; a stop forgets it.
        '--property=RemainAfterExit=yes',
        // The journal is asked by this: it holds for units of users, too.
        `--property=SyslogIdentifier=${unit}`,
        // How long an end may take is said when it is asked for.
        '--property=TimeoutStopSec=infinity',
        ...(folder ? [`--working-directory=${folder}`] : []),
        ...Object.entries(env).map(([name, value]) => `--setenv=${name}=${value}`),
        ...run.command,
      ])
    } finally {
      // From here on the unit itself says which port it has.
      rmSync(join(claims, String(port)))
    }
  }
}

async function stop({service, pool, drainMs}) {
  const mine = () => units().filter(({Id}) => Id.startsWith(`${prefix}${escaped(`${service}.${pool}.`)}`))
  const ids = mine().map(({Id}) => Id)
  if (ids.length === 0) return
  for (const id of ids) ifItIsThere('stop', '--no-block', id)
  const until = Date.now() + drainMs
  while (Date.now() < until && mine().some(isAlive)) await sleep(100)
  for (const {Id} of mine().filter(isAlive)) ifItIsThere('kill', '--signal=KILL', Id)
  for (const id of ids) {
    ifItIsThere('stop', id)
    ifItIsThere('reset-failed', id)
  }
}

function status() {
  const instances = units().map(unit => {
    const {Id, Description, ExecMainStatus, InvocationID} = unit
    const told = {...JSON.parse(Description), id: `${Id.slice(prefix.length, -'.service'.length)}.${InvocationID}`}
    if (isAlive(unit)) return {...told, state: 'running'}
    const log = execFileSync('journalctl', ['--identifier', Id, '--lines', '20', '--output', 'cat'], {encoding: 'utf8'})
    return {...told, state: 'exited', detail: `ended with code ${ExecMainStatus}\n${log}`}
  })
  process.stdout.write(JSON.stringify({sluiceRuntime: 1, instances}))
}

function isAlive({SubState}) {
  return !['exited', 'failed', 'dead'].includes(SubState)
}

/** Meanwhile it may have ended by itself, or have been forgotten. */
function ifItIsThere(...words) {
  try {
    execFileSync('systemctl', [...manager, ...words], {stdio: 'ignore'})
  } catch {
    // Then there is nothing left to do.
  }
}

/** Units as systemd shows them, ours unless others are asked for: blocks of NAME=VALUE, an empty line between two. */
function units(first = prefix) {
  const shown = systemctl(
    'show',
    '--all',
    '--property=Id,Description,SubState,ExecMainStatus,InvocationID',
    `${first}*.service`,
  )
  const blocks = shown.split('\n\n').map(block =>
    block
      .trim()
      .split('\n')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  return blocks.map(lines => Object.fromEntries(lines)).filter(({Id}) => Id?.startsWith(first))
}

/** Names of units take letters, digits, and few signs. */
function escaped(text) {
  return text.replace(/[^A-Za-z0-9.]/g, sign => `_${sign.charCodeAt(0).toString(16)}`)
}

/** A port of nobody's, claimed until its unit is there. */
async function claimedPort() {
  mkdirSync(claims, {recursive: true})
  for (let tries = 0; tries < 1000; tries++) {
    const port = randomInt(lowest, highest + 1)
    if (!claim(port)) continue
    const isGiven = units('sluice-').some(({Description}) => Description.includes(`:${port}"`))
    if (!isGiven && (await isFree(port))) return port
    rmSync(join(claims, String(port)))
  }
  throw new Error(`no port from ${lowest} to ${highest} is free`)
}

function claim(port) {
  try {
    writeFileSync(join(claims, String(port)), '', {flag: 'wx'})
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isFree(port) {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
