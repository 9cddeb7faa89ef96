import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'

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

/** How long one command of a package manager may take. */
export const LIBRARY_TIMEOUT_MS = 600_000
