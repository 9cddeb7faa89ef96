import type {NotificationConfig} from '../config.ts'
import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {oneOf, text} from '../shape/scalar.ts'
import {about, isBlamed, mapped, type Read, refuse, type Shape} from '../shape/shape.ts'
import {variableName, webAddress} from './values.ts'

/** What can be told; see docs/reference/events.md. What passes many times a second cannot. */
export const NOTIFIABLE = [
  'rollout-begun',
  'rollout-resumed',
  'rollout-rests',
  'rollout-aborting',
  'rollout-ended',
  'request-heard',
  'step-waiting',
  'gate-passed',
  'step-started',
  'act-done',
  'hook-ended',
  'bake-passed',
  'bake-unsure',
  'taking-back',
  'step-succeeded',
  'step-rolled-back',
  'step-halted',
] as const

/** What somebody who does not look on wants to know. */
const USUAL = [
  'rollout-begun',
  'rollout-rests',
  'rollout-ended',
  'step-waiting',
  'bake-unsure',
  'taking-back',
  'step-halted',
] as const

/** What a template may name. */
export const PLACEHOLDERS = ['text', 'type', 'rollout', 'environment', 'system', 'step'] as const

const TEMPLATE = '[{system} {environment}] {step} {text}'

const template: Shape<string> = mapped(text('a template'), (found, at) => {
  const unknown = [...found.matchAll(/\{(\w*)\}/g)].map(([, name = '']) => name).find(name => !isPlaceholder(name))
  if (unknown === undefined) return found
  return refuse(
    at,
    `nothing is called {${unknown}} in a template`,
    `there are ${PLACEHOLDERS.map(name => `{${name}}`).join(', ')}`,
  )
})

function isPlaceholder(name: string): boolean {
  return PLACEHOLDERS.some(one => one === name)
}

const keys = object(
  {
    name: maybe(about('How reports call it. Its host without it.', text('a name'))),
    url: maybe(about('Where to send. Where the address is a secret, as those of Slack are, use urlFrom.', webAddress)),
    urlFrom: maybe(about('The environment variable that holds the address.', variableName)),
    secretFrom: maybe(about('The environment variable that holds the secret to sign with.', variableName)),
    format: maybe(
      about(
        'json, or slack for Slack and what is compatible with it. json without it.',
        oneOf(['json', 'slack'], 'a format'),
      ),
    ),
    events: maybe(
      about(
        'What is told. What somebody who does not look on wants to know, without it.',
        list(oneOf(NOTIFIABLE, 'an event'), 'events', 1),
      ),
    ),
    environments: maybe(
      about('Only of these environments.', list(text('the name of an environment'), 'environments', 1)),
    ),
    template: maybe(
      about(
        'The words of a message, with {text}, {type}, {rollout}, {environment}, {system} and {step} filled in.',
        template,
      ),
    ),
  },
  'a notification',
)

/** One webhook. */
export const notification: Shape<NotificationConfig> = mapped(keys, (written, at) => {
  const to = placeOf(written)
  if (!to && isBlamed(at)) return undefined
  if (!to) return refuse(at, 'it says not where to send', 'name one of url and urlFrom')
  const {secretFrom, environments} = written
  return {
    name: written.name ?? ('url' in to ? new URL(to.url).host : to.urlFrom),
    to,
    ...(secretFrom !== undefined && {secretFrom}),
    format: written.format ?? 'json',
    events: written.events ?? USUAL,
    ...(environments && {environments}),
    template: written.template ?? TEMPLATE,
  }
})

function placeOf({url, urlFrom}: Read<typeof keys>): NotificationConfig['to'] | undefined {
  if (url !== undefined) return urlFrom === undefined ? {url} : undefined
  return urlFrom === undefined ? undefined : {urlFrom}
}
