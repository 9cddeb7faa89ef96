import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {GENERATED} from '../scripts/generated.ts'

describe('files that are written from the source', () => {
  for (const [path, text] of Object.entries(GENERATED)) {
    it(`are fresh: ${path} (npm run docs)`, {timeout: 120_000}, () => {
      expect(readFileSync(path, 'utf8')).toBe(text())
    })
  }
})
