import {bug} from '../base/bug.ts'
import {byText} from '../base/order.ts'
import type {MaybeState, ServiceName, System} from '../graph/system.ts'
import type {Gate, Plan, Step, StepId} from '../plan/plan.ts'

/** How done steps are taken back, in safe order. */
export interface Undo {
  /** The way back: each step is one of those done, the other way round. */
  readonly steps: readonly Step[]
  /** What stays done: there is no way back from it, or something stays that needs it. */
  readonly stays: readonly Step[]
}

/** What must hold before a step back; see the planner's own gates. */
export type GatesOf = (service: ServiceName, from: MaybeState, to: MaybeState) => readonly Gate[]

/**
 * Takes done steps of a plan back. A step goes only after all that came after it have gone, and one that cannot go keeps
 * all that it needed: what is left is then a place where the plan itself has been, and that is safe for ever.
 * @param done every step that is done
 * @param wanted those of them that are to go; what needs one of them goes with it
 */
export function undoOf(plan: Plan, done: ReadonlySet<StepId>, wanted: ReadonlySet<StepId>, gates: GatesOf): Undo {
  const steps = plan.steps.filter(({id}) => done.has(id))
  const going = closure(steps, wanted, (step, set) => step.after.some(id => set.has(id)))
  const stuck = new Set(steps.filter(({reversible, id}) => !reversible && going.has(id)).map(({id}) => id))
  const needed = closure(steps, stuck, ({id}, set) =>
    steps.some(other => set.has(other.id) && other.after.includes(id)),
  )
  const back = steps.filter(({id}) => going.has(id) && !needed.has(id))
  return {steps: turned(back, gates), stays: steps.filter(({id}) => going.has(id) && needed.has(id))}
}

/**
 * The system as a way back is checked in: what moved after another goes before it, with all that stood when it came, so the
 * `after` of its services has been kept to already, and asks for the contrary now.
 */
export function backwards(system: System): System {
  const services = [...system.services].map(([name, service]) => [name, {...service, after: []}] as const)
  return {...system, services: new Map(services)}
}

/** The set, and all that belongs to it by `belongs`, over and over. */
function closure(
  steps: readonly Step[],
  from: ReadonlySet<StepId>,
  belongs: (step: Step, set: ReadonlySet<StepId>) => boolean,
): ReadonlySet<StepId> {
  const set = new Set(from)
  for (let before = -1; before !== set.size; ) {
    before = set.size
    for (const step of steps) if (!set.has(step.id) && belongs(step, set)) set.add(step.id)
  }
  return set
}

function turned(steps: readonly Step[], gates: GatesOf): readonly Step[] {
  const counts = new Map<ServiceName, number>()
  const ids = new Map<StepId, StepId>()
  for (const {id, service} of steps.toReversed()) {
    const count = (counts.get(service) ?? 0) + 1
    counts.set(service, count)
    ids.set(id, `${service}-${count}`)
  }
  const waves = new Map<StepId, number>()
  const back = steps.toReversed().map((step): Step => {
    const later = steps.filter(({after}) => after.includes(step.id)).map(({id}) => id)
    const wave = 1 + Math.max(0, ...later.map(id => waves.get(id) ?? bug(`${id} is undone after what it needed`)))
    waves.set(step.id, wave)
    const nameOf = (id: StepId) => ids.get(id) ?? bug(`${id} is not undone`)
    return {
      id: nameOf(step.id),
      wave,
      service: step.service,
      action: step.action,
      from: step.to,
      to: step.from,
      after: later.map(nameOf).toSorted(),
      gates: gates(step.service, step.to, step.from),
      reversible: true,
      reasons: [{text: `undoes ${step.id}`}],
    }
  })
  return back.toSorted((a, b) => a.wave - b.wave || byText(a.service, b.service))
}
