import {isMap, type Raw} from './yaml/raw.ts'

/** What an environment says over what the service says: mappings key by key, everything else as a whole. */
export function overridden(base: Raw | undefined, over: Raw): Raw {
  if (!isMap(base) || !isMap(over)) return over
  const merged = new Map(base)
  for (const [key, value] of over) merged.set(key, overridden(base.get(key), value))
  return merged
}
