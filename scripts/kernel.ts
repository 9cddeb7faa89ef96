import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

const SOURCE = 'assembly/haproxy.ts'

/** The reader of usual lines, compiled, as a file of TypeScript that builds and tests can take as it is. */
export function kernelFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-kernel-'))
  try {
    const out = join(folder, 'kernel.wasm')
    const options = ['-O3', '--runtime', 'stub', '--enable', 'simd,bulk-memory', '--noAssert']
    const memory = ['--initialMemory', '104', '--maximumMemory', '104']
    const compiler = join('node_modules', 'assemblyscript', 'bin', 'asc.js')
    const {status, stderr} = spawnSync(process.execPath, [compiler, SOURCE, ...options, ...memory, '-o', out], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`${SOURCE} does not compile: ${stderr}`)
    return fileOf(readFileSync(out))
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

function fileOf(code: Buffer): string {
  const lines = code.toString('base64').match(/.{1,110}/g) ?? []
  return [
    `/** \`${SOURCE}\`, compiled to WebAssembly by \`npm run docs\`, in Base64. */`,
    'export const KERNEL = [',
    ...lines.map(line => `  '${line}',`),
    "].join('')",
    '',
  ].join('\n')
}
