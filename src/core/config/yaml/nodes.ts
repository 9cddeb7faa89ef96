import {EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent} from 'js-yaml'

/** Where one value of the document stands. Only built once there is a problem to point at. */
export interface Node {
  /** Offset of its first character; -1 for a value that is not there (`key:` and nothing behind it). */
  readonly at: number
  readonly entries?: Map<string, Entry>
  readonly items?: Node[]
}

export interface Entry {
  readonly keyAt: number
  readonly node: Node
}

/** A key that stands twice in one mapping. */
export interface Twice {
  readonly key: string
  readonly firstAt: number
  readonly againAt: number
}

interface Frame {
  readonly node: Node
  readonly anchor: string | undefined
  key?: {readonly text: string; readonly at: number} | undefined
}

/** The places in a document, and what is wrong with its keys. */
export interface Nodes {
  readonly root: Node
  readonly twice: readonly Twice[]
  /** Where lists and mappings stand as keys. */
  readonly noText: readonly number[]
}

/** The tree of places behind the events of one document. */
export function nodesOf(text: string, events: readonly Event[]): Nodes {
  const stack: Frame[] = [{node: {at: 0, items: []}, anchor: undefined}]
  const anchors = new Map<string, Node>()
  const twice: Twice[] = []
  const noText: number[] = []
  const top = () => stack[stack.length - 1] as Frame

  const add = (node: Node, keyText: string) => {
    const {node: parent, key} = top()
    if (parent.items) parent.items.push(node)
    else if (!key) {
      if (node.items ?? node.entries) noText.push(node.at)
      top().key = {text: keyText, at: node.at}
    } else {
      enter(parent, key, node)
      top().key = undefined
    }
  }
  const enter = (parent: Node, key: {text: string; at: number}, node: Node) => {
    const before = parent.entries?.get(key.text)
    if (before) twice.push({key: key.text, firstAt: before.keyAt, againAt: key.at})
    else parent.entries?.set(key.text, {keyAt: key.at, node})
  }
  const open = (node: Node, event: {anchorStart: number; anchorEnd: number}) => {
    const anchor = anchorName(text, event)
    if (anchor !== undefined) anchors.set(anchor, node)
    stack.push({node, anchor})
  }

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        stack.push({node: {at: 0, items: []}, anchor: undefined})
        break
      case EVENT_ID.SEQUENCE:
        open({at: event.start, items: []}, event)
        break
      case EVENT_ID.MAPPING:
        open({at: event.start, entries: new Map()}, event)
        break
      case EVENT_ID.SCALAR: {
        const node = {at: scalarAt(event)}
        const anchor = anchorName(text, event)
        if (anchor !== undefined) anchors.set(anchor, node)
        add(node, getScalarValue(text, event))
        break
      }
      case EVENT_ID.ALIAS:
        // The alias is where the reader looks; what it stands for is looked up in the anchor's own place.
        add({...anchors.get(anchorName(text, event) ?? ''), at: event.anchorStart - 1}, '')
        break
      case EVENT_ID.POP: {
        const {node} = stack.pop() as Frame
        // The root of a document is its only item; the document itself is no node.
        const isDocument = stack.length === 1
        add(isDocument ? (node.items?.[0] ?? node) : node, '')
        break
      }
    }
  }
  return {root: stack[0]?.node.items?.[0] ?? {at: 0}, twice, noText}
}

function anchorName(text: string, event: {anchorStart: number; anchorEnd: number}): string | undefined {
  return event.anchorStart === -1 ? undefined : text.slice(event.anchorStart, event.anchorEnd)
}

/** js-yaml points behind an opening quote; people point at it. */
function scalarAt(event: ScalarEvent): number {
  const quoted = event.style === SCALAR_STYLE.DOUBLE_QUOTED || event.style === SCALAR_STYLE.SINGLE_QUOTED
  return quoted && event.valueStart > 0 ? event.valueStart - 1 : event.valueStart
}
