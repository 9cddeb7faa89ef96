import {expect, it} from 'vitest'
import {type Command, runCommand} from '../../src/adapters/command.ts'
import {processTable} from '../../src/adapters/processes/machine.ts'
import {eventually} from '../support/eventually.ts'
import {rigged} from '../support/rig.ts'

/** Runs a line of JavaScript as the user's command. */
const node = (script: string, more: Partial<Command> = {}) =>
  runCommand({command: [process.execPath, '-e', script], folder: process.cwd(), env: {}, timeoutMs: 20_000, ...more})

const FOREVER = 'setInterval(() => {}, 1e6)'

/** Starts a child of its own and stays. `detached` takes the child out of the group. */
const withChild = (detached: boolean) =>
  `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(FOREVER)}], {detached: ${detached}, stdio: 'inherit'});`

it('tells the exit code and both outputs as they came', async () => {
  const script = `console.log('one'); setTimeout(() => {console.error('two'); process.exitCode = 3}, 50)`
  expect(await node(script)).toEqual({is: 'exited', code: 3, output: 'one\ntwo\n'})
})

it('gives our environment and its own additions, and the folder', async () => {
  const {folder} = await rigged()
  const script = `console.log(process.env.SLUICE_SHARE, process.env.PATH === ${JSON.stringify(process.env['PATH'])}, process.cwd())`
  expect(await node(script, {folder, env: {SLUICE_SHARE: '5'}})).toMatchObject({output: `5 true ${folder}\n`})
})

it('passes arguments on as they are', async () => {
  const command = [process.execPath, '-e', 'console.log(process.argv[1])', '$HOME; `ls` "*"']
  expect(await runCommand({command, folder: '.', env: {}, timeoutMs: 20_000})).toMatchObject({
    output: '$HOME; `ls` "*"\n',
  })
})

it('keeps the end of a long output', async () => {
  const end = await node(`for (let i = 0; i < 20000; i++) console.log('line ' + i)`)
  expect(end).toMatchObject({is: 'exited', output: expect.stringMatching(/^\[\.\.\.\][^]*line 19999\n$/)})
  expect(end.is === 'exited' && end.output.length).toBeLessThan(17_000)
})

it.for([false, true])('ends the whole tree when time is up; child in a group of its own: %s', async detached => {
  const mark = `tree-${detached}-${process.pid}`
  const end = await node(withChild(detached) + FOREVER, {timeoutMs: 500, env: {TREE: mark}})
  expect(end.is).toBe('timed-out')
  expect(processTable.marked('TREE', mark)).toEqual([])
})

it.for([false, true])('ends what a command leaves behind; child in a group of its own: %s', async detached => {
  const mark = `left-${detached}-${process.pid}`
  const end = await node(`${withChild(detached)}console.log('done'); process.exit(0)`, {env: {TREE: mark}})
  expect(end).toEqual({is: 'exited', code: 0, output: 'done\n'})
  expect(processTable.marked('TREE', mark)).toEqual([])
})

it('ends a command that nobody waits for any more, also before it began', async () => {
  const abort = new AbortController()
  const mark = `abort-${process.pid}`
  const running = node(`console.log('here');${FOREVER}`, {signal: abort.signal, env: {TREE: mark}})
  await eventually(() => processTable.marked('TREE', mark).length > 0)
  abort.abort()
  expect((await running).is).toBe('aborted')
  expect((await node(FOREVER, {signal: abort.signal})).is).toBe('aborted')
  expect(processTable.marked('TREE', mark)).toEqual([])
})

it('tells of a command that somebody else killed, and of one that there is not', async () => {
  expect(await node(`process.kill(process.pid, 'SIGTERM');${FOREVER}`)).toMatchObject({is: 'killed', signal: 'SIGTERM'})
  expect(await runCommand({command: ['no-such-program'], folder: '.', env: {}, timeoutMs: 1000})).toMatchObject({
    is: 'not-started',
    failure: {message: 'program not found: no-such-program'},
  })
})
