import {captureOutput} from '@oclif/test'
import {ExitError} from '@oclif/core/errors'
import {describe, expect, it, onTestFinished} from 'vitest'
import {Ended, Refused, settle} from '../../src/commands/shared/ending.ts'
import {lookOf, mayMove} from '../../src/commands/shared/terminal.ts'
import {bug} from '../../src/core/base/bug.ts'
import {failure} from '../../src/core/base/failure.ts'

/** What a thrown error comes to. */
async function settled(error: unknown, json = false) {
  let exit: number | undefined
  const {stdout, stderr} = await captureOutput(async () => {
    exit = settle(error, json).oclif.exit
  })
  return {exit, stdout, stderr}
}

function thrown(work: () => void): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('the end of a command', () => {
  it('tells a failure with its hint, and answers with its code', async () => {
    const met = new Refused(failure('locked', {message: 'ann holds it', hint: 'wait for her'}))
    expect(await settled(met)).toEqual({
      exit: 5,
      stdout: '',
      stderr: 'error: ann holds it\n  → wait for her\n  ? sluice explain locked\n',
    })
    const json = await settled(met, true)
    expect([json.exit, json.stderr, JSON.parse(json.stdout)]).toEqual([
      5,
      '',
      {error: {code: 'locked', message: 'ann holds it', hint: 'wait for her'}},
    ])
  })

  it('asks for a report where it is a bug, in one line and without a stack', async () => {
    const {exit, stderr} = await settled(thrown(() => bug('a wave without steps')))
    expect([exit, stderr]).toEqual([
      1,
      'error: a wave without steps (this is a bug in sluice: please report it)\n  → SLUICE_DEBUG=1 shows where it happened\n  ? sluice explain bug\n',
    ])
    expect((await settled(new TypeError('x is undefined'))).stderr).toContain(
      'unexpected: x is undefined (this is a bug',
    )
    expect((await settled('a text')).exit).toBe(1)
  })

  it('shows where a bug happened, to whoever asks', async () => {
    const debug = process.env['SLUICE_DEBUG']
    onTestFinished(() => {
      if (debug === undefined) delete process.env['SLUICE_DEBUG']
      else process.env['SLUICE_DEBUG'] = debug
    })
    process.env['SLUICE_DEBUG'] = '1'
    expect((await settled(thrown(() => bug('a wave')))).stderr).toContain('ending.test.ts')
  })

  it('prints the document of an answer that has an exit code, where documents are wanted', async () => {
    const ended = new Ended(3, {steps: null})
    expect(await settled(ended)).toEqual({exit: 3, stdout: '', stderr: ''})
    expect(await settled(ended, true)).toEqual({exit: 3, stdout: '{\n  "steps": null\n}\n', stderr: ''})
  })

  it('says nothing twice', async () => {
    expect(await settled(new ExitError(4))).toEqual({exit: 4, stdout: '', stderr: ''})
  })

  it('lets no name move the cursor', async () => {
    const met = new Refused(
      failure('config-invalid', {
        message: 'a\u001b[2Jb',
        problems: [{file: 'a\u0007.yaml', line: 1, column: 2, message: 'c\u009b31m', hint: 'd\u202ee'}],
      }),
    )
    // oxlint-disable-next-line no-control-regex -- control characters are the point
    const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/
    expect((await settled(met)).stderr).not.toMatch(unsafe)
    const {stdout} = await settled(met, true)
    expect(stdout).not.toMatch(unsafe)
    expect(JSON.parse(stdout)).toMatchObject({error: {message: 'a\u001b[2Jb', problems: [{message: 'c\u009b31m'}]}})
  })
})

describe('a terminal', () => {
  it.each([
    ['a terminal', {isTTY: true, columns: 120}, {}, {columns: 120, colour: true}, true],
    ['a pipe', {}, {}, {columns: 80, colour: false}, false],
    ['NO_COLOR', {isTTY: true, columns: 120}, {NO_COLOR: '1'}, {columns: 120, colour: false}, false],
    ['CI', {isTTY: true, columns: 120}, {CI: 'true'}, {columns: 120, colour: false}, false],
    ['a dumb terminal', {isTTY: true, columns: 120}, {TERM: 'dumb'}, {columns: 120, colour: false}, false],
    ['a terminal without a width', {isTTY: true, columns: 0}, {}, {columns: 80, colour: true}, true],
    ['a very narrow one', {isTTY: true, columns: 12}, {}, {columns: 40, colour: true}, true],
    ['COLUMNS', {}, {COLUMNS: '132'}, {columns: 132, colour: false}, false],
    ['FORCE_COLOR in a pipe', {}, {FORCE_COLOR: '1'}, {columns: 80, colour: true}, false],
    ['NO_COLOR over FORCE_COLOR', {}, {FORCE_COLOR: '1', NO_COLOR: '1'}, {columns: 80, colour: false}, false],
  ])('%s', (_, stream, env, look, moves) => {
    expect(lookOf(stream, env)).toEqual(look)
    expect(mayMove(stream, env)).toBe(moves)
  })
})
