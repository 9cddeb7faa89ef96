import {printableDeep} from '../../core/base/printable.ts'
import type {Conflict, NoPlan, Suggestion} from '../../core/plan/plan.ts'
import {NO_PLAN_SAID} from '../plan/no-plan.ts'
import {type PageParts, pageDocument} from './document.ts'
import {html, type Markup, type Piece} from './html.ts'

/** Why there is no plan, as a page: who clashes on what, and what would help. */
export function noPlanPage(given: NoPlan, parts: PageParts): string {
  const no = printableDeep(given)
  const {title, note} = NO_PLAN_SAID[no.why]
  const shown = title.charAt(0).toUpperCase() + title.slice(1)
  const body = html`<header class="top is-bad"><p class="over">No plan</p><h1>${shown}</h1><p class="lead">${note}</p>
${no.text !== undefined && html`<p class="lead">${no.text}</p>`}</header>
<main class="reading">${section('What clashes', no.conflicts.map(conflict))}${section('What would help', no.suggestions.map(suggestion))}</main>
`
  return pageDocument(shown, body, parts)
}

function section(title: string, items: readonly Markup[]): Piece {
  return items.length > 0 && html`<section><h2>${title}</h2><ul class="cards">${items}</ul></section>`
}

function conflict({contract, client, server, text}: Conflict): Markup {
  return html`<li class="is-bad"><p class="sides">${side(client)}<span class="contract">${contract}</span>${side(server)}</p><p>${text}</p></li>
`
}

function side({service, release, mode}: Conflict['client']): Markup {
  const state = release === null ? '–' : mode === undefined ? release : `${release}:${mode}`
  return html`<span class="side"><strong>${service}</strong> <span class="version">${state}</span></span>`
}

function suggestion({kind, service, release, text}: Suggestion): Markup {
  return html`<li class="is-good"><p class="sides"><span class="contract">${kind}</span><span class="side"><strong>${service}</strong> <span class="version">${release ?? ''}</span></span></p><p>${text}</p></li>
`
}
