import {createHash} from 'node:crypto'
import type {Resolved} from '../../core/matrix/resolved.ts'

/** `sha256` over parts, in hexadecimal; parts cannot run into each other. */
export function fingerprint(...parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Of what was resolved: the same libraries in the same versions have the same one. */
export function fingerprintOf(resolved: Resolved): string {
  return fingerprint(JSON.stringify([...resolved]))
}
