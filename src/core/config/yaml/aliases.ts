import {EVENT_ID, type Event} from 'js-yaml'

/** What is wrong with the aliases of a document, and where. */
export interface AliasTrouble {
  readonly at: number
  readonly message: string
}

interface Frame {
  readonly anchor: string | undefined
  size: number
  depth: number
}

/**
 * Follows what the aliases of a document would amount to without following them: a few lines of `*a, *a, *a` can stand
 * for more values than there is memory. One pass over the events, sizes added up from the anchors.
 */
export function aliasTrouble(
  text: string,
  events: readonly Event[],
  limits: {readonly aliased: number; readonly depth: number},
): AliasTrouble | undefined {
  const anchors = new Map<string, {size: number; depth: number} | 'open'>()
  const stack: Frame[] = [{anchor: undefined, size: 0, depth: 0}]
  let stoodFor = 0
  const count = (size: number, depth: number) => {
    const top = stack[stack.length - 1] as Frame
    top.size += size
    top.depth = Math.max(top.depth, depth + 1)
  }
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        stack.push({anchor: undefined, size: 0, depth: 0})
        break
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const anchor = anchorOf(text, event)
        if (anchor !== undefined) anchors.set(anchor, 'open')
        stack.push({anchor, size: 1, depth: 0})
        break
      }
      case EVENT_ID.SCALAR: {
        const anchor = anchorOf(text, event)
        if (anchor !== undefined) anchors.set(anchor, {size: 1, depth: 0})
        count(1, 0)
        break
      }
      case EVENT_ID.ALIAS: {
        const name = anchorOf(text, event) ?? ''
        const meant = anchors.get(name)
        const at = event.anchorStart - 1
        if (!meant) return {at, message: `the alias *${name} stands for nothing: there is no &${name} before it`}
        if (meant === 'open') return {at, message: `the alias *${name} stands inside of what it stands for`}
        count(meant.size, meant.depth)
        stoodFor += meant.size
        if (stoodFor > limits.aliased) return {at, message: `aliases stand for more than ${limits.aliased} values`}
        if (stack.length + meant.depth > limits.depth) {
          return {at, message: `aliases nest deeper than ${limits.depth} levels`}
        }
        break
      }
      case EVENT_ID.POP: {
        const closed = stack.pop() as Frame
        if (closed.anchor !== undefined) anchors.set(closed.anchor, {size: closed.size, depth: closed.depth})
        count(closed.size, closed.depth)
        break
      }
    }
  }
  return undefined
}

function anchorOf(text: string, event: {anchorStart: number; anchorEnd: number}): string | undefined {
  return event.anchorStart === -1 ? undefined : text.slice(event.anchorStart, event.anchorEnd)
}
