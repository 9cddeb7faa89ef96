import type {NotificationConfig} from '../core/config/config.ts'
import type {Event} from '../core/event/event.ts'
import {lineOf} from '../core/event/line.ts'
import {eventText} from './rollout/line.ts'

/** What an event is about, beside itself. */
export interface About {
  readonly system: string
  readonly environment: string
  /** Counts the events of this process. */
  readonly seq: number
}

/** The body that tells a webhook of an event. */
export function notificationBody(event: Event, {format, template}: NotificationConfig, about: About): string {
  const {system, environment, seq} = about
  const words = filledIn(template, event, about)
  if (format === 'slack') return JSON.stringify({text: slackText(words)})
  return JSON.stringify({...lineOf(event, seq), system, environment, text: words})
}

function filledIn(template: string, event: Event, {system, environment}: About): string {
  const values: Readonly<Record<string, string>> = {
    text: eventText(event) ?? event.code,
    type: event.code,
    rollout: event.rollout,
    environment,
    system,
    step: 'step' in event ? event.step : '',
  }
  const words = template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  return words.replace(/ {2,}/g, ' ').trim()
}

/** Slack takes these three for markup, and nothing else has to be escaped. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
