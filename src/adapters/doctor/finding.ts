import type {Failure} from '../../core/base/failure.ts'
import type {Finding} from '../../ports/finding.ts'

/** What a failure comes to as a finding. */
export function badly(area: string, what: string, {message, hint, problems}: Failure): Finding {
  const text = problems?.map(problem => problem.message).join('; ') ?? message
  const todo = problems?.find(problem => problem.hint)?.hint ?? hint
  return {area, what, level: 'bad', text, ...(todo && {todo})}
}
