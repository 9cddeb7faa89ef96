import type {RunConfig} from '../../../core/config/config.ts'
import type {DurationMs} from '../../../core/base/units.ts'
import type {PoolId} from '../../../core/rollout/pool.ts'

/** Raised when an older command would misunderstand a question, or we its answer. */
export const PROTOCOL = 1

/** What a command reads on standard input: one JSON document. */
export type Request =
  | ({readonly sluiceRuntime: typeof PROTOCOL; readonly do: 'start'} & StartRequest)
  | ({readonly sluiceRuntime: typeof PROTOCOL; readonly do: 'stop'} & StopRequest)
  | ({readonly sluiceRuntime: typeof PROTOCOL; readonly do: 'status'} & Whose)

export interface Whose {
  readonly system: string
  readonly environment: string
}

/** So many instances of this state are to be there; those that are stay as they are. */
export interface StartRequest extends PoolNamed {
  readonly rollout: string
  readonly replicas: number
  /** Where the release's files are; null where there are none. */
  readonly folder: string | null
  readonly run: RunConfig
}

/** None of them is to be there once the command has ended well. */
export interface StopRequest extends PoolNamed {
  readonly drainMs: DurationMs
}

interface PoolNamed extends Whose {
  readonly service: string
  readonly release: string
  readonly mode: string | null
  /** The two in one word, as Sluice writes it elsewhere. */
  readonly pool: PoolId
}

/** One instance, as `status` tells of it. */
export interface Told {
  readonly id: string
  readonly service: string
  readonly release: string
  readonly mode: string | null
  readonly rollout: string
  readonly address: string
  readonly state: 'starting' | 'running' | 'exited'
  readonly detail?: string
}

const text = (description: string) => ({type: 'string', minLength: 1, description})
const RELEASE = text('The release, as 2.0.0.')
const MODE = {type: ['string', 'null'], description: 'The mode of the release; null where it has none.'}
const VERSION = {const: PROTOCOL, description: 'The version of this protocol.'}
const WHOSE = {system: text('The system.'), environment: text('The environment.')}
const NAMED = {
  ...WHOSE,
  service: text('The service.'),
  release: RELEASE,
  mode: MODE,
  pool: text('Release and mode in one word, as 2.0.0 or 2.0.0~v1.'),
}

/** Everything that goes over standard input and output, as JSON Schema. */
export const RUNTIME_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'What a command runtime is asked, and what it answers',
  definitions: {
    start: asked('start', 'So many instances are to be there; those that are stay as they are.', {
      ...NAMED,
      rollout: text('The rollout that asks for it.'),
      replicas: {type: 'integer', minimum: 1, description: 'How many.'},
      folder: {type: ['string', 'null'], description: 'Where the files of the release are.'},
      run: {
        type: 'object',
        description: 'What sluice.yaml says under run: command, image, port, env, health, stop, ...',
      },
    }),
    stop: asked('stop', 'None of them is to be there once the command has ended well.', {
      ...NAMED,
      drainMs: {type: 'integer', minimum: 0, description: 'How long requests in flight may take.'},
    }),
    status: asked('status', 'Every instance of the environment, whoever started it.', WHOSE),
    instances: {
      description: 'The answer to status.',
      ...exactly({
        sluiceRuntime: VERSION,
        instances: {type: 'array', items: {$ref: '#/definitions/instance'}, description: 'Also those that have ended.'},
      }),
    },
    instance: optionally(
      {detail: {type: 'string', description: 'Why it is not well: an exit code, the end of its log.'}},
      exactly({
        id: text('Stable while it lives, unique in the environment.'),
        service: text('The service.'),
        release: RELEASE,
        mode: MODE,
        rollout: text('The rollout that start named.'),
        address: text('host:port where it answers.'),
        state: {
          enum: ['starting', 'running', 'exited'],
          description: 'running: Sluice asks its health path. exited: it ended by itself.',
        },
      }),
    ),
  },
}

function asked(verb: string, description: string, properties: object) {
  return {description, ...exactly({sluiceRuntime: VERSION, do: {const: verb}, ...properties})}
}

function exactly(properties: object) {
  return {type: 'object', properties, required: Object.keys(properties)}
}

function optionally(more: object, {properties, ...rest}: ReturnType<typeof exactly>) {
  return {...rest, properties: {...properties, ...more}}
}
