import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {eventStream} from '../../src/app/events.ts'
import type {Event} from '../../src/core/event/event.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-events-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const event = (step: string): Event => ({at: 0, rollout: 'r1', code: 'step-started', step})

function opened(target: string | undefined, say: (text: string) => void = () => {}) {
  const stream = eventStream(target, say)
  if (!stream.ok) throw new Error(stream.failure.message)
  return stream.value
}

describe('a stream of events', () => {
  it('adds a line for each, which is there as soon as it was told', () => {
    const file = join(folder, 'events.ndjson')
    writeFileSync(file, 'what was there before\n')
    const stream = opened(file)
    stream.emit(event('a-1'))
    stream.emit(event('b-1'))
    const [before, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(before).toBe('what was there before')
    expect(lines.map(line => JSON.parse(line))).toMatchObject([
      {v: 1, seq: 1, step: 'a-1'},
      {v: 1, seq: 2, step: 'b-1'},
    ])
    stream.end()
  })

  it('is refused where it cannot be written, before anything is done', () => {
    expect(eventStream(join(folder, 'no', 'such', 'file'), () => {})).toMatchObject({
      ok: false,
      failure: {code: 'usage'},
    })
  })

  it('says once that it is full, and goes on', () => {
    const said: string[] = []
    const stream = opened('/dev/full', text => said.push(text))
    stream.emit(event('a-1'))
    stream.emit(event('b-1'))
    expect(said).toEqual([expect.stringContaining('events cannot be written to /dev/full')])
    stream.end()
  })

  it('is nothing where nobody asked for it', () => expect(() => opened(undefined).emit(event('a-1'))).not.toThrow())
})
