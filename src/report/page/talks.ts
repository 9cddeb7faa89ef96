import type {Talk} from '../../core/plan/talks.ts'

/** A talk in the words of the page, its versions as one text each. */
export function talkSaid({contract, client, server, asks, gives}: Talk): unknown {
  const versions = Object.entries(gives).map(([state, all]) => [state, all.join(', ')] as const)
  return {contract, client, server, asks, gives: Object.fromEntries(versions)}
}
