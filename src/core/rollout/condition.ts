import {unreachable} from '../base/bug.ts'
import type {AskingTerms, Condition} from '../config/config.ts'
import type {Probed} from './seen.ts'

/** What can be measured: a number, or text. */
export type Value = number | string

/** Whether a value is as the condition wants it. A value that is no number meets no order. */
export function meets(value: Value, condition: Condition): boolean {
  const [left, right] =
    typeof condition.value === 'number' ? [Number(value), condition.value] : [String(value), condition.value]
  switch (condition.is) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '==':
      return left === right
    case '!=':
      return left !== right
    default:
      return unreachable(condition.is)
  }
}

/**
 * What measured values say. A no comes first; with both conditions, what meets neither says nothing. What is no number
 * where one is wanted was not measured: a division by no requests, for one.
 */
export function saidBy(values: readonly Value[], {success, failure}: Pick<AskingTerms, 'success' | 'failure'>): Probed {
  const detail = `${values.map(String).join(', ')}${wanted(success, 'wanted')}${wanted(failure, 'must not be')}`
  const orders = [success, failure].some(one => typeof one?.value === 'number')
  if (values.length === 0) return {verdict: 'error', detail: 'there is no value'}
  if (orders && values.some(value => Number.isNaN(Number(value))))
    return {verdict: 'error', detail: `${detail}: not a number`}
  if (failure && values.some(value => meets(value, failure))) return {verdict: 'failed', detail}
  if (!success || values.every(value => meets(value, success))) return {verdict: 'passed', detail}
  return {verdict: failure ? 'inconclusive' : 'failed', detail}
}

function wanted(condition: Condition | undefined, how: string): string {
  return condition ? `, ${how} ${condition.is} ${condition.value}` : ''
}
