import {homedir} from 'node:os'
import {join} from 'node:path'
import {failure} from '../../core/base/failure.ts'
import {fail, ok, type Result} from '../../core/base/result.ts'
import type {DurationMs} from '../../core/base/units.ts'
import {ADDRESS_FORM, addressOf, publishedAt} from './address.ts'
import {type Engine, engineAt, type TlsFiles} from './engine.ts'
import {guarded} from './trouble.ts'

const DEFAULT_HOST = 'unix:///var/run/docker.sock'

/**
 * The engine that the `docker` program would talk to, as DOCKER_HOST and its companions say.
 * @param patienceMs how long it may take to begin an answer; without end where nothing is said
 */
export async function engineHere(env: NodeJS.ProcessEnv, patienceMs?: DurationMs): Promise<Result<Engine>> {
  const text = env['DOCKER_HOST'] || DEFAULT_HOST
  const address = addressOf(text)
  if (!address) {
    const message = `DOCKER_HOST is ${JSON.stringify(text)}`
    return fail(failure('driver-unable', {message, hint: `must be ${ADDRESS_FORM}`}))
  }
  const tls = tlsIn(env)
  return guarded(text, async () =>
    ok(
      await engineAt(
        {address, publish: publishedAt(address)},
        {env, ...(tls && {tls}), ...(patienceMs && {patienceMs})},
      ),
    ),
  )
}

/** Docker's own names for the files, in the folder that holds its configuration unless said otherwise. */
function tlsIn(env: NodeJS.ProcessEnv): TlsFiles | undefined {
  if (!env['DOCKER_TLS_VERIFY']) return undefined
  const folder = env['DOCKER_CERT_PATH'] || join(env['HOME'] ?? homedir(), '.docker')
  return {ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem')}
}
