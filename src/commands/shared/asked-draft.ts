import {basename} from 'node:path'
import {checkbox, input} from '@inquirer/prompts'
import {failure} from '../../core/base/failure.ts'
import {type Draft, type DraftService, draftName, FIRST_VERSION} from '../../core/config/draft/draft.ts'
import {VERSION} from '../../core/config/version.ts'
import {Refused} from './ending.ts'

/** A draft from what a person says: the services, what runs of each, how it is started, and whom it calls. */
export async function askedDraft(folder: string): Promise<Draft> {
  try {
    return await answered(folder)
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error
    throw new Refused(failure('usage', {message: 'the questions were left before the last answer; nothing is written'}))
  }
}

async function answered(folder: string): Promise<Draft> {
  const system = await input({message: 'What is the system called?', default: draftName(basename(folder))})
  const said = await input({
    message: 'Which services are upgraded together? (names, with blanks between them)',
    validate: text => namesIn(text).length > 0 || 'name at least one',
  })
  const names = namesIn(said)
  const services: DraftService[] = []
  for (const name of names) services.push(await askedService(name, names))
  return {system: draftName(system), source: 'what was answered', runtime: 'process', services, leftOut: []}
}

async function askedService(name: string, names: readonly string[]): Promise<DraftService> {
  const version = await input({
    message: `${name}: which release runs now?`,
    default: FIRST_VERSION,
    validate: text => VERSION.test(text) || 'write a full version, like 1.4.0',
  })
  const command = await input({
    message: `${name}: which command starts it? (it is given its port as PORT; empty if another tool runs it)`,
  })
  const others = names.filter(other => other !== name)
  const calls =
    others.length === 0
      ? []
      : await checkbox({message: `${name}: whom does it call?`, choices: others.map(value => ({value}))})
  return {name, version, run: command.trim() === '' ? {} : {command}, calls, provides: [], notes: []}
}

function namesIn(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(draftName),
    ),
  ]
}
