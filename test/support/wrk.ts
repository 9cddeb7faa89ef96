import {spawn} from 'node:child_process'
import {resolve} from 'node:path'
import type {Load} from './shifts.ts'

/** More than any test takes; it is told to stop. */
const LONGEST_S = 3600

export interface WrkWanted {
  readonly connections: number
  readonly method: 'GET' | 'POST'
  /** A new connection for each request. */
  readonly close?: boolean
}

/** Asks `host:port` by wrk until it is told to stop. A connection that is cut before its answer counts as a failure. */
export function wrk(address: string, {connections, method, close}: WrkWanted): Load {
  const script = resolve('test/fixtures/wrk.lua')
  const how = ['-t1', `-c${connections}`, `-d${LONGEST_S}s`, '--timeout', '30s', '-s', script]
  const child = spawn('wrk', [...how, `http://${address}/`, '--', method, close ? 'close' : 'keep'])
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<void>((done, failed) => child.on('close', () => done()).on('error', failed))
  return {
    async stop() {
      child.kill('SIGINT')
      await ended
      const [, requests, bad, cut, example = ''] = /^sent (\d+) bad (\d+) cut (\d+)\n(.*)$/m.exec(said) ?? []
      if (requests === undefined) throw new Error(`wrk did not come to its end: ${said}`)
      const failures = [
        ...Array.from({length: Number(bad)}, () => `${method}: ${example}`),
        ...Array.from({length: Number(cut)}, () => `${method}: the connection was cut`),
      ]
      return {requests: Number(requests) + Number(cut), failures}
    },
  }
}
