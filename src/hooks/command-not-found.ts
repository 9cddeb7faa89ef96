import type {Hook} from '@oclif/core/hooks'
import {Refused, settle} from '../commands/shared/ending.ts'
import {failure, type Failure} from '../core/base/failure.ts'
import {nearest} from '../core/config/shape/nearest.ts'

/** An unknown command is a wrong call like any other: exit code 2, the nearest name, JSON where JSON was asked for. */
const hook: Hook.CommandNotFound = async ({id, argv, config}) => {
  const known = config.commands.filter(command => !command.hidden).map(command => command.id.replaceAll(':', ' '))
  throw settle(new Refused(unknown(id.split(':'), known)), (argv ?? []).includes('--json'))
}

export default hook

/** oclif takes words after a command without arguments for a part of its name. */
function unknown(words: readonly string[], known: readonly string[]): Failure {
  const name = words.join(' ')
  const command = known.find(candidate => name.startsWith(`${candidate} `))
  if (command !== undefined) {
    const message = `unexpected argument ${name.slice(command.length + 1)}`
    return failure('usage', {message, hint: `see sluice ${command} --help`})
  }
  const near = nearest(name, known)
  const hint = near === undefined ? 'sluice --help lists every command' : `did you mean sluice ${near}?`
  return failure('usage', {message: `unknown command ${name}`, hint})
}
