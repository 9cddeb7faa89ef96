import type {RolloutShown, StepShown} from '../../core/rollout/show.ts'
import {markdownCode, markdownText} from '../text/markdown.ts'

const MARKS: {readonly [S in StepShown['state']]: string} = {
  pending: '➖',
  waiting: '⏸️',
  running: '🔄',
  succeeded: '✅',
  'rolled-back': '↩️',
  failed: '❌',
}

/** A rollout for a job summary: how it stands, why, and a row a step. */
export function rolloutMarkdown({id, environment, state, steps, error}: RolloutShown): string {
  return [
    `## Rollout in ${markdownText(environment)}: ${markdownText(state)}`,
    '',
    markdownCode(id),
    ...(error === undefined ? [] : ['', `**${markdownText(error.message)}**`]),
    ...(error?.hint === undefined ? [] : ['', markdownText(error.hint)]),
    '',
    '| step | state | share | note |',
    '| --- | --- | ---: | --- |',
    ...steps.map(
      step =>
        `| ${markdownCode(step.id)} | ${MARKS[step.state]} ${step.state} | ${step.share} % | ${markdownText(step.error?.message ?? '')} |`,
    ),
    '',
  ].join('\n')
}
