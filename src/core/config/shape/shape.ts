import type {Path} from '../yaml/places.ts'
import {type Raw, shown} from '../yaml/raw.ts'

/**
 * What a value of a file may look like, said once: it reads the value, and it describes itself as JSON Schema for
 * editors. Reading never stops at the first thing that is wrong.
 */
export interface Shape<T> {
  /** The value, or undefined where it is refused; then `at` holds a finding. */
  readonly read: (raw: Raw, at: Reading) => T | undefined
  /** Draft-07, as data. */
  readonly json: () => Json
}

/** A piece of JSON Schema. */
export type Json = {readonly [key: string]: unknown}

/** What a shape reads as. */
export type Read<S> = S extends Shape<infer T> ? T : never

/** One thing that is wrong, at a path; line and column are looked up at the end. */
export interface Finding {
  readonly path: Path
  /** Whether the key or the value behind it is pointed at. */
  readonly on: 'key' | 'value'
  readonly message: string
  readonly hint?: string
}

/** Where the reading stands, and what it found so far. */
export interface Reading {
  /** Grows and shrinks as the reading goes down and up. */
  readonly path: (string | number)[]
  readonly findings: Finding[]
}

export function reading(path: Path = []): Reading {
  return {path: [...path], findings: []}
}

/** Records what is wrong here; answers undefined, so that a shape can return it. */
export function refuse(at: Reading, message: string, hint?: string, on: 'key' | 'value' = 'value'): undefined {
  at.findings.push({path: [...at.path], on, message, ...(hint === undefined ? {} : {hint})})
}

/** Something below here was refused already, so that what is missing here was perhaps only written wrongly. */
export function isBlamed({path: here, findings}: Reading): boolean {
  return findings.some(({path}) => path.length > here.length && here.every((step, index) => path[index] === step))
}

/** The usual refusal: what stands there, and what should. */
export function refuseValue(raw: Raw, at: Reading, wanted: string): undefined {
  return refuse(at, `${shown(raw)} is not ${wanted}`)
}

/** Reads one step further down. */
export function below<T>(at: Reading, step: string | number, read: () => T): T {
  at.path.push(step)
  const value = read()
  at.path.pop()
  return value
}

/** The same shape with a sentence for those who write the file. */
export function about<T>(text: string, shape: Shape<T>): Shape<T> {
  return {read: shape.read, json: () => ({description: text, ...shape.json()})}
}

/** The same shape, with more of what it reads said in JSON Schema. */
export function narrowed<T>(shape: Shape<T>, json: Json): Shape<T> {
  return {read: shape.read, json: () => ({...shape.json(), ...json})}
}

/** The same shape, read on into something better. `into` may refuse. */
export function mapped<T, U>(shape: Shape<T>, into: (value: T, at: Reading, raw: Raw) => U | undefined): Shape<U> {
  return {
    json: shape.json,
    read(raw, at) {
      const value = shape.read(raw, at)
      return value === undefined ? undefined : into(value, at, raw)
    },
  }
}
