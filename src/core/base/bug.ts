/** Thrown for what cannot happen; everything else is a Failure. */
export class Bug extends Error {
  override readonly name = 'Bug'
}

/** Stops at a contradiction in our own reasoning. */
export function bug(message: string): never {
  throw new Bug(`${message} (this is a bug in sluice: please report it)`)
}

/** The end of an exhaustive switch: does not compile while a case is missing. */
export function unreachable(value: never): never {
  return bug(`unexpected ${JSON.stringify(value)}`)
}
