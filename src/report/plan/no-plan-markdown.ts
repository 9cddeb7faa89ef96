import type {NoPlan} from '../../core/plan/plan.ts'
import {markdownText} from '../text/markdown.ts'
import {NO_PLAN_SAID} from './no-plan.ts'

/** Why there is no plan and what would help, for a pull request. */
export function noPlanMarkdown(no: NoPlan, title = '## No safe plan'): string {
  const {title: said, note} = NO_PLAN_SAID[no.why]
  return [
    title,
    '',
    `**${markdownText(said)}.** ${markdownText(note)}`,
    ...(no.text === undefined ? [] : ['', markdownText(no.text)]),
    ...list('What clashes', no.conflicts),
    ...list('What would help', no.suggestions),
    '',
  ].join('\n')
}

function list(title: string, entries: readonly {readonly text: string}[]): readonly string[] {
  if (entries.length === 0) return []
  return ['', `**${title}**`, '', ...entries.map(({text}) => `- ${markdownText(text)}`)]
}
