import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type {LibraryAsked} from '../../app/library.ts'
import {stopSignal} from './stop.ts'

/** The services that library commands look at. */
export const libraryArgs = {
  service: Args.string({ignoreStdin: true, description: 'Services to look at; all that have a repository without it.'}),
}

/** What both library commands take. */
export const libraryFlags = {
  env: Flags.string({
    char: 'e',
    helpValue: 'NAME',
    description: 'The environment that says what is in production, for services that name no branch.',
  }),
  branch: Flags.option({
    options: ['prod', 'master'] as const,
    default: 'prod' as const,
    description: 'What is in production, or what comes next.',
  })(),
}

/** What both are asked. */
export function libraryAsked(
  where: Pick<LibraryAsked, 'cwd' | 'config'>,
  {env}: {readonly env?: string | undefined},
  services: readonly string[],
): LibraryAsked {
  const signal = stopSignal().signal
  return {...where, env, services, environment: process.env, signal, timeoutMs: TIMEOUT_MS}
}

/** How long one command of a package manager may take. */
const TIMEOUT_MS = 600_000
