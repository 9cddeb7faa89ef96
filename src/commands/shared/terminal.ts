import type {Look} from '../../report/look.ts'

const WIDTH_WITHOUT_TERMINAL = 80
/** Some terminals say 0; nothing is readable below this. */
const LEAST_WIDTH = 40

/** What Node says of a stream; a pipe has neither. */
interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** How text may look on a stream: colour and width, as the terminal and the environment say. */
export function lookOf(stream: Stream, env: NodeJS.ProcessEnv = process.env): Look {
  const columns = Number(env['COLUMNS']) || stream.columns || WIDTH_WITHOUT_TERMINAL
  return {columns: Math.max(columns, LEAST_WIDTH), colour: mayMove(stream, env) || isForced(env)}
}

/** Whether lines may be redrawn and questions asked: only where a person watches. */
export function mayMove(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && !env['CI'] && env['TERM'] !== 'dumb'
}

function isForced(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0' && !env['NO_COLOR']
}
