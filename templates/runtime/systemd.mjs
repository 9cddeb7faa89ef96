#!/usr/bin/env node
// A `command` runtime over systemd: each instance is a transient unit, made by systemd-run. Use it as start, stop and status
// alike; docs/drivers/command.md says what is asked. Change it to your taste: where ports come from, users, slices, limits.
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {createServer} from 'node:net'

const asked = JSON.parse(readFileSync(0, 'utf8'))
if (asked.sluiceRuntime !== 1) throw new Error(`this speaks version 1 of the protocol, not ${asked.sluiceRuntime}`)

/** Everything of one system and environment begins with this. */
const prefix = `sluice-${asked.system}-${asked.environment}-`
await {start, stop, status}[asked.do](asked)

async function start({service, release, mode, pool, rollout, replicas, run, folder}) {
  const there = new Set(units().map(({Id}) => Id))
  for (let number = 1; number <= replicas; number++) {
    const unit = `${prefix}${escaped(`${service}.${pool}.${number}`)}.service`
    if (there.has(unit)) continue
    const port = await freePort()
    const facts = JSON.stringify({service, release, mode, rollout, address: `127.0.0.1:${port}`})
    const drain = Math.ceil((run.stop?.drainMs ?? 30_000) / 1000)
    const env = {...run.env, PORT: port, SLUICE_SERVICE: service, SLUICE_RELEASE: release, SLUICE_MODE: mode ?? ''}
    execFileSync('systemd-run', [
      `--unit=${unit}`,
      `--description=${facts}`,
      // A unit that failed stays, so that status can tell why; a stop forgets it.
      '--property=RemainAfterExit=yes',
      `--property=TimeoutStopSec=${drain}`,
      ...(folder ? [`--working-directory=${folder}`] : []),
      ...Object.entries(env).map(([name, value]) => `--setenv=${name}=${value}`),
      ...run.command,
    ])
  }
}

function stop({service, pool}) {
  const mine = units().filter(({Id}) => Id.startsWith(`${prefix}${escaped(`${service}.${pool}.`)}`))
  for (const {Id} of mine) {
    execFileSync('systemctl', ['stop', Id])
    try {
      execFileSync('systemctl', ['reset-failed', Id], {stdio: 'ignore'})
    } catch {
      // It had not failed, so it is forgotten already.
    }
  }
}

function status() {
  const instances = units().map(({Id, Description, SubState, ExecMainStatus, InvocationID}) => {
    const told = {...JSON.parse(Description), id: `${Id.slice(prefix.length, -'.service'.length)}.${InvocationID}`}
    if (SubState === 'running') return {...told, state: 'running'}
    const log = execFileSync('journalctl', ['--unit', Id, '--lines', '20', '--output', 'cat'], {encoding: 'utf8'})
    return {...told, state: 'exited', detail: `ended with code ${ExecMainStatus}\n${log}`}
  })
  process.stdout.write(JSON.stringify({sluiceRuntime: 1, instances}))
}

/** Our units as systemd shows them: blocks of NAME=VALUE, an empty line between two. */
function units() {
  const properties = '--property=Id,Description,SubState,ExecMainStatus,InvocationID'
  const shown = execFileSync('systemctl', ['show', '--all', properties, `${prefix}*.service`], {encoding: 'utf8'})
  const blocks = shown.split('\n\n').map(block =>
    block
      .trim()
      .split('\n')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  return blocks.map(lines => Object.fromEntries(lines)).filter(({Id}) => Id?.startsWith(prefix))
}

/** Names of units take letters, digits, and few signs. */
function escaped(text) {
  return text.replace(/[^A-Za-z0-9.]/g, sign => `_${sign.charCodeAt(0).toString(16)}`)
}

function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const {port} = server.address()
      server.close(() => resolve(port))
    })
  })
}
