import {check, type Checked} from '../../app/check.ts'
import {EXIT_OF_FAILURE} from '../../core/base/failure.ts'
import {ok} from '../../core/base/result.ts'
import {noPlanMarkdown} from '../../report/plan/no-plan-markdown.ts'
import {notAdmittedText} from '../../report/plan/not-admitted.ts'
import {planTree} from '../../report/plan/tree.ts'
import {stateText} from '../../report/plan/words.ts'
import {cut} from '../../report/text/fitted.ts'
import {markdownCode, markdownText} from '../../report/text/markdown.ts'
import type {Act} from '../job.ts'
import {LOG, TIME_LIMIT_MS} from './shared.ts'

/** Whether each release may go in as things stand; red where one may not. Runs nothing but git. */
export const checkAct: Act = async job => {
  const {inputs, where} = job
  const answers: {release: string; checked: Checked}[] = []
  for (const {text, service, wanted} of inputs.releases) {
    const checked = await check({...where, from: inputs.from, service, wanted, timeLimitMs: TIME_LIMIT_MS})
    if (!checked.ok) return checked
    answers.push({release: text, checked: checked.value})
    await job.group(text, async line => line(logOf(text, checked.value)))
  }
  job.warn(answers[0]?.checked.warnings ?? [])
  const refused = answers.filter(({checked}) => checked.plan.steps === null).map(({release}) => release)
  return ok({
    exit: refused.length === 0 ? 0 : EXIT_OF_FAILURE['not-admitted'],
    said: refused.length === 0 ? 'may go in' : `may not go in as things stand: ${refused.join(', ')}`,
    outputs: {state: refused.length === 0 ? 'admitted' : 'not-admitted'},
    markdown: most => cut(answers.map(({release, checked}) => answerMarkdown(release, checked)).join('\n'), most),
  })
}

function logOf(release: string, {environment, plan, first}: Checked): string {
  if (plan.steps === null) return notAdmittedText(release, environment, plan, first, LOG)
  return `${release} may go into ${environment}.\n\n${planTree(plan, LOG)}`
}

function answerMarkdown(release: string, {environment, plan, first}: Checked): string {
  const place = `into ${markdownText(environment)} as things stand`
  if (plan.steps !== null) return `## ✅ ${markdownCode(release)} may go ${place}\n`
  const before = first.map(({id, from, to}) => `- ${markdownCode(id)} ${stateText(from)} → ${stateText(to)}`)
  return [
    noPlanMarkdown(plan, `## ❌ ${markdownCode(release)} may not go ${place}`),
    ...(before.length === 0 ? [] : ['**What has to go first**', '', ...before, '']),
  ].join('\n')
}
