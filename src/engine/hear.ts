import type {DurationMs} from '../core/base/units.ts'
import {refusal} from '../core/rollout/hear.ts'
import type {Request} from '../core/rollout/request.ts'
import type {Who} from '../core/rollout/record.ts'
import {within} from './guard.ts'
import type {Session} from './session.ts'

/** How soon a request is heard. */
const LISTEN_MS: DurationMs = 500
const ASK_MS: DurationMs = 5_000

/** Hears what other shells ask of whoever carries the rollout out, until it is ended. */
export interface Listener {
  end(): Promise<void>
}

/**
 * Hears what has been left so far before anything else is done, and goes on listening beside the loop.
 * @param again somebody else carried the rollout out before, and what was asked of the moment then is past
 */
export async function listen(session: Session, again: boolean): Promise<Listener> {
  const {clock} = session.deps
  const ended = new AbortController()
  await hear(session, request => again && !isBy(session.options.who, request))

  async function listening(): Promise<void> {
    for (;;) {
      await clock.sleep(LISTEN_MS, ended.signal)
      if (ended.signal.aborted || session.journal.broken()) return
      await hear(session, () => false)
    }
  }

  const running = listening()
  return {
    end: async () => {
      ended.abort('left')
      await running
    },
  }
}

/** Writes down what is newly asked, with what comes of it: the record is what makes it so. */
async function hear(session: Session, isOld: (request: Request) => boolean): Promise<void> {
  const {id, plan, journal, deps} = session
  const left = await within(deps.clock, {what: 'what is asked', code: 'state-failed', ms: ASK_MS}, () =>
    deps.state.asked(plan.environment, id),
  )
  if (!left.ok) return
  for (const request of left.value) {
    const state = journal.state()
    if (state.heard.has(request.id)) continue
    const refused = refusal(plan, state, request, isOld(request))
    await journal.append([{code: 'request-heard', request, ...(refused && {refused})}])
  }
}

function isBy({host, pid, boot, started}: Who, {by}: Request): boolean {
  return by.host === host && by.pid === pid && by.boot === boot && by.started === started
}
