import {speechOf} from '../graph/states.ts'
import type {MaybeState, Service} from '../graph/system.ts'
import {majorsOf} from '../graph/versions.ts'
import {byText} from '../base/order.ts'
import type {Gate} from './plan.ts'

/** What must hold before a step: nobody calls any more what it takes away. */
export function gatesOf(service: Service, from: MaybeState, to: MaybeState): readonly Gate[] {
  if (from === null) return []
  const offered = speechOf(service, from).provides
  const stays = to === null ? undefined : speechOf(service, to).provides
  return [...offered.keys()].sort(byText).flatMap(contract => {
    if (offered.get(contract) === stays?.get(contract)) return []
    const still = new Set(majorsOf(stays?.get(contract) ?? []))
    return majorsOf(offered.get(contract) ?? [])
      .filter(major => !still.has(major))
      .map((major): Gate => ({kind: 'contract-unused', contract, major}))
  })
}
