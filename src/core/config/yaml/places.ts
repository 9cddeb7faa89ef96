import type {Event} from 'js-yaml'
import {lineFinder} from './lines.ts'
import {type Node, nodesOf} from './nodes.ts'

/** Keys and list positions from the top of the document down to a value. */
export type Path = readonly (string | number)[]

export interface LineColumn {
  readonly line: number
  readonly column: number
}

/** Finds where in the text a value, or its key, is written. */
export interface Places {
  /** Undefined where nothing is written at that path. */
  find(path: Path, what: 'key' | 'value'): LineColumn | undefined
  /** The nearest thing above the path that is written: the place of what is missing. */
  nearest(path: Path): LineColumn
}

export function placesOf(text: string, events: readonly Event[]): Places {
  const {root} = nodesOf(text, events)
  const lineOf = lineFinder(text)
  const at = (path: Path, what: 'key' | 'value') => {
    const offset = offsetOf(root, path, what)
    return offset === undefined ? undefined : lineOf(Math.max(0, offset))
  }
  return {
    find: at,
    nearest: path => {
      for (let length = path.length; length > 0; length--) {
        const place = at(path.slice(0, length), 'key')
        if (place) return place
      }
      return lineOf(Math.max(0, root.at))
    },
  }
}

function offsetOf(root: Node, path: Path, what: 'key' | 'value'): number | undefined {
  let here: Node | undefined = root
  let keyAt = root.at
  for (const step of path) {
    const entry: {keyAt: number; node: Node} | undefined = here && stepInto(here, step)
    if (!entry) return undefined
    here = entry.node
    keyAt = entry.keyAt
  }
  return what === 'key' || here.at === -1 ? keyAt : here.at
}

function stepInto(node: Node, step: string | number): {keyAt: number; node: Node} | undefined {
  if (typeof step === 'string') return node.entries?.get(step)
  const item = node.items?.[step]
  return item && {keyAt: item.at, node: item}
}
