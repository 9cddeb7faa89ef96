import type {Talk} from '../../core/plan/talks.ts'
import type {NoPlan, Plan} from '../../core/plan/plan.ts'
import {type PageParts, pageDocument} from './document.ts'
import {html, jsonBlock, type Markup} from './html.ts'
import {noPlanPage} from './no-plan-page.ts'
import {planPage} from './plan-page.ts'

/** What is shown to somebody, and what they may ask for. */
export type LiveAsked =
  | {
      readonly plan: Plan | NoPlan
      readonly talks: readonly Talk[]
      readonly user: string
      readonly may: readonly string[]
      readonly rollout: string | undefined
    }
  | {readonly plan: undefined; readonly why: string}

/** The page of a plan that is told what goes on, by the server that it came from. */
export function livePage(asked: LiveAsked, parts: PageParts): string {
  if (asked.plan === undefined) {
    return pageDocument('Sluice', html`<main><p class="empty">${asked.why}</p></main>`, parts)
  }
  const {plan, talks} = asked
  if (plan.steps === null) return noPlanPage(plan, parts)
  return planPage(plan, parts, {talks, live: panel(asked)})
}

/** Filled by the script, from what the server tells; buttons only for what this visitor may do. */
function panel({user, may, rollout}: Extract<LiveAsked, {readonly user: string}>): Markup {
  return html`<section class="now" id="live" aria-labelledby="now-title" hidden>
<div class="now-head"><h2 id="now-title">Rollout</h2><span class="badge" id="now-state" role="status" aria-live="polite"></span><span class="faint" id="now-by"></span>
<span class="deeds">${may.map(deed => html`<button type="button" class="deed is-${deed}" data-deed="${deed}">${TITLES[deed] ?? deed}</button>`)}</span></div>
<p id="now-error" class="notice is-bad" hidden></p>
<p id="now-answer" class="faint" role="status" aria-live="polite"></p>
<div class="progress" id="now-progress" aria-hidden="true"></div>
<p id="now-count" class="now-count"></p>
<ul id="now-steps" class="now-steps"></ul>
<p id="now-more" class="faint"></p>
<details class="now-log" open><summary>What happened last</summary><ol id="now-said"></ol></details>
</section>
${jsonBlock('view', {user, may, rollout: rollout ?? null})}`
}

const TITLES: Readonly<Record<string, string>> = {
  approve: 'Approve',
  pause: 'Pause',
  resume: 'Go on',
  abort: 'Abort',
}
