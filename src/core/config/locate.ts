import type {Problem} from '../base/failure.ts'
import type {Finding} from './shape/shape.ts'
import type {Source} from './source.ts'
import {FILE_LIMITS, loadYaml} from './yaml/load.ts'
import type {LineColumn, Path, Places} from './yaml/places.ts'

/** Findings as problems: each with its line and column, in the order of the file, none twice. */
export function located(file: string, places: Places, findings: readonly Finding[]): Problem[] {
  const problems = findings.map(({path, on, message, hint}): Problem => {
    const place = places.find(path, on) ?? places.nearest(path)
    return {file, ...place, message, ...(hint === undefined ? {} : {hint})}
  })
  const different = new Map(problems.map(problem => [`${problem.line}:${problem.column}:${problem.message}`, problem]))
  return [...different.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}

/**
 * Finds places in a text that has been read before; it is read again, once, where there is something to find.
 * @param environment what is said of a service is looked for among its overrides first
 */
export function placeFinder(source: Source, environment?: string): (path: Path, on: 'key' | 'value') => LineColumn {
  let places: Places | undefined
  return (path, on) => {
    if (!places) {
      const loaded = loadYaml(source, FILE_LIMITS)
      if (!loaded.ok) return {line: 1, column: 1}
      places = loaded.value.places()
    }
    const override = environment !== undefined && path[0] === 'services' ? ['environments', environment, ...path] : path
    return places.find(override, on) ?? places.find(path, on) ?? places.nearest(path)
  }
}
