import type {Problem} from '../core/base/failure.ts'
import {ok, type Result} from '../core/base/result.ts'
import {edgesOf} from '../core/graph/edges.ts'
import {graphOf, type Graph} from '../core/graph/graph.ts'
import type {Where} from './config.ts'
import {loadSystem, loadSystemIn} from './system.ts'

/** Services, contracts, and who calls whom, over all releases; of the file itself, or of an environment. */
export async function graph(
  where: Where,
  env?: string,
): Promise<Result<{readonly graph: Graph; readonly warnings: readonly Problem[]}>> {
  const loaded = env === undefined ? await loadSystem(where) : await loadSystemIn(where, env)
  if (!loaded.ok) return loaded
  const {system} = loaded.value.assembled
  return ok({graph: graphOf(system, edgesOf(system)), warnings: loaded.value.warnings})
}
