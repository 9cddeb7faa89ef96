import {describe, expect, it} from 'vitest'
import {clock} from '../../src/adapters/clock.ts'
import {HAND_CLOCK_START, handClock} from '../support/clock.ts'

describe('the machine’s clock', () => {
  it('wakes at once when the signal is aborted, before or during the sleep', async () => {
    const abort = new AbortController()
    const asleep = clock.sleep(30 * 86_400_000, abort.signal)
    abort.abort()
    await expect(asleep).resolves.toBeUndefined()
    await expect(clock.sleep(1e9, abort.signal)).resolves.toBeUndefined()
  })

  it('does not fire at once for a time longer than a timer can hold', async () => {
    const abort = new AbortController()
    let woke = false
    const asleep = clock.sleep(30 * 86_400_000, abort.signal).then(() => void (woke = true))
    await clock.sleep(5)
    expect(woke).toBe(false)
    abort.abort()
    await asleep
  })

  it('does not sleep for no time', async () => {
    await expect(clock.sleep(0)).resolves.toBeUndefined()
    await expect(clock.sleep(-1)).resolves.toBeUndefined()
  })
})

describe('the clock moved by hand', () => {
  it('wakes sleepers in order, each with its own time', async () => {
    const hand = handClock()
    const woke: number[] = []
    const sleepTwice = async (first: number, second: number) => {
      for (const ms of [first, second]) {
        await hand.sleep(ms)
        woke.push(hand.now() - HAND_CLOCK_START)
      }
    }
    const both = Promise.all([sleepTwice(10, 30), sleepTwice(20, 5)])
    await hand.advance(25)
    expect(woke).toEqual([10, 20, 25])
    expect(hand.sleepers()).toBe(1)
    await hand.advance(100)
    expect(woke).toEqual([10, 20, 25, 40])
    await both
  })

  it('runs work to its end without being told how long it takes', async () => {
    const hand = handClock(0)
    const work = async () => {
      await hand.sleep(60_000)
      await hand.sleep(7 * 86_400_000)
      return hand.now()
    }
    expect(await hand.run(work())).toBe(60_000 + 7 * 86_400_000)
  })

  it('says so when work waits for something that is not time', async () => {
    await expect(handClock().run(new Promise(() => {}))).rejects.toThrow('nobody sleeps')
  })

  it('wakes an aborted sleeper without time passing', async () => {
    const hand = handClock(0)
    const abort = new AbortController()
    const asleep = hand.sleep(1000, abort.signal)
    abort.abort()
    await asleep
    expect([hand.now(), hand.sleepers()]).toEqual([0, 0])
  })

  it('lets wall time jump without waking anybody', async () => {
    const hand = handClock(1000)
    const asleep = hand.sleep(10)
    hand.jump(-500)
    expect([hand.now(), hand.monotonic(), hand.sleepers()]).toEqual([500, 0, 1])
    await hand.advance(10)
    await asleep
  })
})
