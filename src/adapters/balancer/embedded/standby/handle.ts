import type {Server} from 'node:net'

/**
 * A listening socket as Node has it inside: a descriptor of its own, of which a copy can go to another process. A `Server`
 * can be sent, too, but then it takes connections over there at once. Its inner part is only held, until `listen` is called
 * with it, as Node documents. Everything that leans on this is in this file; where a Node has it no more, nothing is
 * handed over, and a standby listens anew.
 */
export interface Handle {
  close(): void
}

declare module 'node:child_process' {
  interface ChildProcess {
    send(message: object, handle: Handle | undefined, callback: (error: Error | null) => void): boolean
  }
}

/** What a server listens with; undefined while it does not listen. */
export function handleOf(server: Server): Handle | undefined {
  const handle: unknown = Reflect.get(server, '_handle')
  return isHandle(handle) ? handle : undefined
}

export function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function'
}
