import {join} from 'node:path'
import type {PoolSpec} from '../../../src/ports/runtime.ts'
import {type PoolWish, specOf} from '../../conformance/runtime.ts'

/** The pool as processes of test/fixtures/app. */
export function processPool(wish: PoolWish): PoolSpec {
  const folder = join(process.cwd(), 'test/fixtures/app')
  return {...specOf(wish, {command: [process.execPath, 'server.mjs']}), folder}
}
