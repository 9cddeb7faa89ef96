import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import {credentialsFor} from './credentials.ts'
import type {Engine} from './engine.ts'
import {refusalOf, unless} from './trouble.ts'

/** Told now and then how far a pull has come. */
export type Told = (message: string) => void

/** Makes sure that the engine has the image; one that is there is not asked for again. */
export async function ensureImage(
  {docker, name}: Engine,
  image: string,
  env: NodeJS.ProcessEnv,
  told: Told = () => {},
): Promise<Result<void>> {
  if (await unless(404, undefined, docker.getImage(image).inspect())) return ok(undefined)
  const authconfig = await credentialsFor(image, env)
  const cannot = (why: string) =>
    fail(failure('runtime-failed', {message: `docker at ${name} cannot pull ${image}: ${why}`, hint: PULL_HINT}))
  const stream = await docker.pull(image, authconfig ? {authconfig} : {}).catch(refusalOf)
  if (typeof stream === 'string') return cannot(stream)
  const layers = new Map<string, Layer>()
  let wrong: string | undefined
  for await (const line of linesOf(stream)) {
    const {id, error, progressDetail} = JSON.parse(line) as Progress
    wrong ??= error
    if (id === undefined || !progressDetail?.total) continue
    layers.set(id, {current: progressDetail.current ?? 0, total: progressDetail.total})
    told(`pulling ${image}: ${sum(layers, 'current')} of ${sum(layers, 'total')} MB`)
  }
  return wrong === undefined ? ok(undefined) : cannot(wrong)
}

const PULL_HINT = 'is the release pushed, and are you logged in to its registry (`docker login`)?'

interface Layer {
  readonly current: number
  readonly total: number
}

/** One line of what Docker says of a pull. */
interface Progress {
  readonly id?: string
  readonly error?: string
  readonly progressDetail?: {readonly current?: number; readonly total?: number}
}

async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line
  }
}

const BYTES_PER_MB = 1e6

function sum(layers: ReadonlyMap<string, Layer>, what: keyof Layer): number {
  return Math.round([...layers.values()].reduce((total, layer) => total + layer[what], 0) / BYTES_PER_MB)
}
