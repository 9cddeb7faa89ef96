// Runs a TypeScript file with plain Node, from 20 on: bundles it with esbuild beside the dependencies, and imports that.
import {mkdir, rm} from 'node:fs/promises'
import {basename, dirname, join, resolve} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {build} from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [file, ...rest] = process.argv.slice(2)
if (!file) throw new Error('usage: node scripts/run.mjs FILE.ts [ARGUMENTS]')

const folder = join(root, 'node_modules', '.cache', 'sluice')
const script = join(folder, `${basename(file, '.ts')}-${process.pid}.mjs`)
await mkdir(folder, {recursive: true})
await build({
  entryPoints: [resolve(root, file)],
  outfile: script,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
})
process.chdir(root)
process.argv = [process.argv[0], resolve(root, file), ...rest]
process.setSourceMapsEnabled(true)
try {
  await import(pathToFileURL(script).href)
} finally {
  await rm(script, {force: true})
}
