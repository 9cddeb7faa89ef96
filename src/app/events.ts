import {lineSink} from '../adapters/events.ts'
import {ok, type Result} from '../core/base/result.ts'
import {lineOf} from '../core/event/line.ts'
import type {Emit} from '../ports/emit.ts'

/** A stream of every event of this process, as lines of JSON. */
export interface EventStream {
  readonly emit: Emit
  end(): void
}

/** @param target a file, or `-`; none where it is undefined */
export function eventStream(target: string | undefined, say: (text: string) => void): Result<EventStream> {
  if (target === undefined) return ok({emit: () => {}, end: () => {}})
  const sink = lineSink(target)
  if (!sink.ok) return sink
  let seq = 0
  return ok({
    emit: event => {
      const broken = sink.value.write(JSON.stringify(lineOf(event, ++seq)))
      if (broken) say(broken.message)
    },
    end: () => sink.value.end(),
  })
}
