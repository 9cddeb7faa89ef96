import {Agent, request} from 'node:http'

/** What came of some requests. */
export interface Sent {
  /** Bodies of the answers 200, and how often each came. */
  readonly bodies: Readonly<Record<string, number>>
  /** What else came, in words. */
  readonly failures: readonly string[]
}

export interface Wanted {
  readonly requests: number
  /** Kept alive; each sends one request after another. */
  readonly connections: number
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends requests to `host:port`, never one twice. */
export async function send(address: string, wanted: Wanted): Promise<Sent> {
  const agent = new Agent({keepAlive: true, maxSockets: wanted.connections})
  const bodies: Record<string, number> = {}
  const failures: string[] = []
  let left = wanted.requests
  const client = async () => {
    while (left-- > 0) {
      const answer = await once(address, wanted, agent)
      if (answer.status === 200) bodies[answer.text] = (bodies[answer.text] ?? 0) + 1
      else failures.push(`${answer.status} ${answer.text}`)
    }
  }
  await Promise.all(Array.from({length: wanted.connections}, client))
  agent.destroy()
  return {bodies, failures}
}

/** Sends requests until it is told to stop. */
export function sendSteadily(address: string, wanted: Omit<Wanted, 'requests'>): {stop(): Promise<Sent>} {
  const endless = {...wanted, requests: Number.POSITIVE_INFINITY}
  const agent = new Agent({keepAlive: true, maxSockets: wanted.connections})
  const bodies: Record<string, number> = {}
  const failures: string[] = []
  const stopping = new AbortController()
  const client = async () => {
    while (!stopping.signal.aborted) {
      const {status, text} = await once(address, endless, agent)
      if (status === 200) bodies[text] = (bodies[text] ?? 0) + 1
      else failures.push(`${status} ${text}`)
    }
  }
  const clients = Promise.all(Array.from({length: wanted.connections}, client))
  return {
    stop: async () => {
      stopping.abort()
      await clients
      agent.destroy()
      return {bodies, failures}
    },
  }
}

/** One answer; status 0 where there was none. */
export function once(
  address: string,
  {method = 'GET', path = '/', headers = {}}: Partial<Wanted>,
  agent?: Agent,
): Promise<{status: number; text: string}> {
  const [host, port] = address.split(':')
  return new Promise(resolve => {
    const sent = request({host, port, method, path, headers, ...(agent ? {agent} : {})}, response => {
      let text = ''
      response
        .setEncoding('utf8')
        .on('data', (piece: string) => (text += piece))
        .on('end', () => resolve({status: response.statusCode ?? 0, text}))
        .on('error', error => resolve({status: 0, text: error.message}))
    })
    sent.on('error', error => resolve({status: 0, text: error.message})).end()
  })
}
