import {readText, writeText} from '../adapters/text-file.ts'
import type {Result} from '../core/base/result.ts'
import type {Plan} from '../core/plan/plan.ts'
import {readPlan} from '../core/plan/read.ts'

/** Writes what a command made to the file it was told. */
export async function keepText(file: string, text: string): Promise<Result<void>> {
  return writeText(file, text)
}

/** A plan that was kept by `plan --out`. */
export async function loadKept(file: string): Promise<Result<Plan>> {
  const text = await readText(file, 'plan-invalid')
  return text.ok ? readPlan({file, text: text.value}) : text
}
