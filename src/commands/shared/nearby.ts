import {isAbsolute, relative} from 'node:path'
import type {Problem} from '../../core/base/failure.ts'

/** The problem with its file as seen from here, where it is below: shorter to read, and what a problem matcher wants. */
export function nearby(problem: Problem): Problem {
  if (!isAbsolute(problem.file)) return problem
  const way = relative(process.cwd(), problem.file)
  return way.startsWith('..') ? problem : {...problem, file: way}
}
