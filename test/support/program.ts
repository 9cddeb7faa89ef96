import {join} from 'node:path'
import {build} from 'esbuild'

/** A TypeScript file of the tests as a program that plain Node runs, in `folder`. */
export async function programOf(file: string, folder: string): Promise<string> {
  const outfile = join(folder, `${file.replaceAll(/\W/g, '-')}.mjs`)
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  })
  return outfile
}
