import {describe, expect, it} from 'vitest'
import {NOTIFIABLE} from '../../../src/core/config/written/notification.ts'
import type {Event} from '../../../src/core/event/event.ts'
import {problemsOf, valid} from './support.ts'

const text = (notification: string) =>
  `sluice: 1\nsystem: shop\nservices: { a: }\nenvironments: { prod: }\nnotifications: [${notification}]\n`
const read = (notification: string) => valid(text(notification)).notifications[0]
const wrong = (notification: string) => problemsOf(text(notification)).map(problem => problem.replace(/^\d+:\d+ /, ''))

describe('a notification', () => {
  it('tells what somebody who does not look on wants to know, in JSON', () => {
    expect(read('{ url: "https://hooks.example/x" }')).toMatchObject({
      name: 'hooks.example',
      to: {url: 'https://hooks.example/x'},
      format: 'json',
      events: expect.arrayContaining(['rollout-ended', 'step-waiting', 'taking-back']),
    })
  })

  it('may be for Slack, at an address that is a secret, of some events, in its own words', () => {
    const written =
      '{ urlFrom: SLACK_URL, format: slack, events: [rollout-ended], environments: [prod], template: "{environment}: {text}", secretFrom: KEY }'
    expect(read(written)).toEqual({
      name: 'SLACK_URL',
      to: {urlFrom: 'SLACK_URL'},
      format: 'slack',
      events: ['rollout-ended'],
      environments: ['prod'],
      template: '{environment}: {text}',
      secretFrom: 'KEY',
    })
  })

  it.each([
    ['{ format: slack }', 'it says not where to send (name one of url and urlFrom)'],
    ['{ url: "ftp://x" }', '"ftp://x" is not an address (write it like https://prometheus.example:9090)'],
    ['{ urlFrom: X, environments: [prud] }', 'there is no environment "prud" (did you mean "prod"?)'],
    [
      '{ urlFrom: X, template: "{whatever}" }',
      'nothing is called {whatever} in a template (there are {text}, {type}, {rollout}, {environment}, {system}, {step})',
    ],
    ['{ urlFrom: X, events: [rollout-end] }', '"rollout-end" is not an event (did you mean "rollout-ended"?)'],
  ])('is refused: %s', (written, message) => {
    expect(wrong(written)[0]).toBe(message)
  })

  it('tells of events that there are', () => {
    const codes: readonly Event['code'][] = NOTIFIABLE
    expect(new Set(codes).size).toBe(NOTIFIABLE.length)
  })
})
