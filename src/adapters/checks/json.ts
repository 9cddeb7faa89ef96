import type {Value} from '../../core/rollout/condition.ts'

/** One value in a JSON text, or why there is none. */
export type Found = {readonly ok: true; readonly value: Value} | {readonly ok: false; readonly why: string}

/** The value at a place such as `queue.depth` or `nodes[0].state`. */
export function valueAt(text: string, place: string): Found {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return {ok: false, why: 'the answer is no JSON'}
  }
  for (const key of place
    .replace(/^\$\.?/, '')
    .split(/[.[\]]+/)
    .filter(Boolean)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      return {ok: false, why: `there is no ${place} in the answer`}
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  if (typeof value === 'number' || typeof value === 'string') return {ok: true, value}
  return typeof value === 'boolean'
    ? {ok: true, value: String(value)}
    : {ok: false, why: `${place} in the answer is no number and no text`}
}
