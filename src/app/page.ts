import {readFile} from 'node:fs/promises'
import {shipped} from '../adapters/package.ts'
import type {Talk} from '../core/plan/talks.ts'
import type {NoPlan, Plan} from '../core/plan/plan.ts'
import {noPlanPage} from '../report/page/no-plan-page.ts'
import {planPage} from '../report/page/plan-page.ts'

/** A plan, or why there is none, as one file for a browser. */
export async function pageOf(made: Plan | NoPlan, talks: readonly Talk[] = []): Promise<string> {
  const read = (file: string) => readFile(shipped('templates', 'page', file), 'utf8')
  const [style, script] = await Promise.all([read('page.css'), read('page.js')])
  return made.steps === null ? noPlanPage(made, {style, script}) : planPage(made, {style, script}, {talks})
}
