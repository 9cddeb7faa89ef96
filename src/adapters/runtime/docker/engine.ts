import type Docker from 'dockerode'

/** One Docker engine, and how its containers are reached. */
export interface Engine {
  /** For messages. */
  readonly name: string
  readonly docker: Docker
  /** The address of the engine's host on which ports are published. */
  readonly publish: string
}

const LOOPBACK = '127.0.0.1'

export async function engineAt(socketPath: string): Promise<Engine> {
  const {default: Client} = await import('dockerode')
  // An empty host keeps the client from taking another one from DOCKER_HOST.
  return {name: `unix://${socketPath}`, docker: new Client({socketPath, host: ''}), publish: LOOPBACK}
}
