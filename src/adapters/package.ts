import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {bug} from '../core/base/bug.ts'

/** A file or folder that ships with the package, found from the source as well as from any built chunk. */
export function shipped(...path: readonly string[]): string {
  return join(packageRoot(), ...path)
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder)
    if (above === folder) return bug('no package.json above the program')
    folder = above
  }
  return folder
}
