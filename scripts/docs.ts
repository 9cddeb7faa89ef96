import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {GENERATED} from './generated.ts'

for (const [path, text] of Object.entries(GENERATED)) {
  mkdirSync(dirname(path), {recursive: true})
  writeFileSync(path, text())
  process.stdout.write(`${path}\n`)
}
