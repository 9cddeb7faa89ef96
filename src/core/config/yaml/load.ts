import {constructFromEvents, EVENT_ID, type Event, parseEvents, YAMLException} from 'js-yaml'
import type {Problem} from '../../base/failure.ts'
import {fail, ok, type Result} from '../../base/result.ts'
import type {Source} from '../source.ts'
import {aliasTrouble} from './aliases.ts'
import {explainSyntax} from './explain.ts'
import {lineFinder} from './lines.ts'
import {nodesOf} from './nodes.ts'
import {type Places, placesOf} from './places.ts'
import type {Raw} from './raw.ts'
import {configSchema, NO_TEXT} from './tags.ts'

export interface Limits {
  /** Characters. */
  readonly size: number
  readonly depth: number
  /** How many values all aliases together may stand for. */
  readonly aliased: number
}

/** For `sluice.yaml`: 64 MB would be half a million services, and nobody writes that on purpose. */
export const FILE_LIMITS: Limits = {size: 64 * 1024 * 1024, depth: 100, aliased: 1_000_000}

/** For a manifest, which is a page of facts about one release. */
export const MANIFEST_LIMITS: Limits = {size: 256 * 1024, depth: 50, aliased: 10_000}

/** A document as values, and a way to find them again in the text. */
export interface Document {
  readonly raw: Raw
  /**
   * Costs about as much as loading did, so it is asked for only once there is something to point at. Nothing is kept
   * for it: the events of a large file take more memory than its values.
   */
  readonly places: () => Places
}

/**
 * Text -> values, or what is wrong with it as YAML. One parser does both: the events that the values are made from
 * also know where everything stands, so that what is read and what is pointed at can never be two different things.
 */
export function loadYaml(source: Source, limits: Limits): Result<Document, readonly Problem[]> {
  const {text} = source
  if (text.length > limits.size) return fail([tooLong(source, limits)])
  try {
    const events = parseEvents(text, {maxDepth: limits.depth})
    const trouble = shapeTrouble(events) ?? aliasTrouble(text, events, limits)
    if (trouble) return fail([problemAt(source, trouble.at, trouble.message)])
    return construct(source, events, limits)
  } catch (error) {
    return fail([syntaxProblem(source, error)])
  }
}

function construct(source: Source, events: Event[], limits: Limits): Result<Document, readonly Problem[]> {
  const {text} = source
  try {
    const [raw] = constructFromEvents(events, {source: text, schema: configSchema()})
    return ok({raw: (raw ?? null) as Raw, places: () => placesOf(text, parseEvents(text, {maxDepth: limits.depth}))})
  } catch (error) {
    // It stops at the first key that is wrong. The events know of all of them.
    const problems = keyProblems(source, events)
    if (problems.length === 0) throw error
    return fail(problems)
  }
}

function keyProblems(source: Source, events: readonly Event[]): Problem[] {
  const {twice, noText} = nodesOf(source.text, events)
  const lineOf = lineFinder(source.text)
  const {message, hint} = explainSyntax(NO_TEXT)
  return [
    ...noText.map(at => problemAt(source, at, message, hint)),
    ...twice.map(({key, firstAt, againAt}) => {
      const again = `it stands in line ${lineOf(firstAt).line} already; keep one`
      return problemAt(source, againAt, `the key ${JSON.stringify(key)} stands twice`, again)
    }),
  ]
}

/** A file is one document, and not an empty one. */
function shapeTrouble(events: readonly Event[]): {at: number; message: string} | undefined {
  const documents = events.filter(event => event.type === EVENT_ID.DOCUMENT)
  if (documents.length === 0) return {at: 0, message: 'the file is empty'}
  if (documents.length > 1) return {at: 0, message: `the file holds ${documents.length} documents; it may hold one`}
  return undefined
}

function problemAt(source: Source, offset: number, message: string, hint?: string): Problem {
  return {file: source.file, ...lineFinder(source.text)(offset), message, ...(hint === undefined ? {} : {hint})}
}

function syntaxProblem(source: Source, error: unknown): Problem {
  if (!(error instanceof YAMLException)) throw error
  const {message, hint} = explainSyntax(error.reason)
  return problemAt(source, error.mark?.position ?? 0, message, hint)
}

function tooLong({file, text}: Source, limits: Limits): Problem {
  return {
    file,
    line: 1,
    column: 1,
    message: `the file is ${text.length} characters long; at most ${limits.size} are read`,
  }
}
