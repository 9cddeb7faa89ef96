import {expect, it} from 'vitest'
import type {NotificationConfig} from '../../src/core/config/config.ts'
import type {Event} from '../../src/core/event/event.ts'
import {notificationBody} from '../../src/report/notification.ts'

const WANTED: NotificationConfig = {
  name: 'team',
  to: {url: 'https://hooks.example'},
  format: 'json',
  events: ['step-waiting'],
  template: '[{system} {environment}] {step} {text}',
}
const ABOUT = {system: 'shop', environment: 'prod', seq: 4}
const WAITS: Event = {at: 0, rollout: 'r1', code: 'step-waiting', step: 'a-1', for: ['<anna> & ben must approve']}
const ENDED: Event = {at: 0, rollout: 'r1', code: 'rollout-ended', as: 'succeeded'}

it('is the line of the stream, and words', () => {
  expect(JSON.parse(notificationBody(WAITS, WANTED, ABOUT))).toEqual({
    v: 1,
    seq: 4,
    at: '1970-01-01T00:00:00.000Z',
    type: 'step-waiting',
    rollout: 'r1',
    step: 'a-1',
    for: ['<anna> & ben must approve'],
    system: 'shop',
    environment: 'prod',
    text: '[shop prod] a-1 waits: <anna> & ben must approve',
  })
})

it('is words only for Slack, with nothing that it would take for markup', () => {
  const body = notificationBody(WAITS, {...WANTED, format: 'slack', template: '{type} of {rollout}: {text}'}, ABOUT)
  expect(JSON.parse(body)).toEqual({text: 'step-waiting of r1: waits: &lt;anna&gt; &amp; ben must approve'})
})

it('leaves out what an event is not about', () => {
  expect(JSON.parse(notificationBody(ENDED, WANTED, ABOUT))).toMatchObject({text: '[shop prod] succeeded'})
})
