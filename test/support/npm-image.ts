import {execFileSync} from 'node:child_process'
import {cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Engine} from './docker.ts'

/** An image with Node, npm and a shell, made from this machine's own. */
export const NPM_IMAGE = 'sluice/npm:1'

/** Makes it, where the engine does not have it yet. */
export function npmImage(engine: Engine): void {
  if (engine.docker('images', '-q', NPM_IMAGE) !== '') return
  const root = mkdtempSync(join(engine.folder, 'npm-'))
  const put = (from: string, to = from) => {
    mkdirSync(dirname(join(root, to)), {recursive: true})
    cpSync(from, join(root, to), {recursive: true, dereference: true})
  }
  const linked = (program: string) =>
    [...execFileSync('ldd', [program], {encoding: 'utf8'}).matchAll(/(\/\S+) \(/g)].map(([, library = '']) => library)
  put(process.execPath, '/usr/local/bin/node')
  put('/bin/sh')
  for (const library of new Set([...linked(process.execPath), ...linked('/bin/sh')])) put(library)
  put(npmFolder(), '/usr/local/lib/npm')
  symlinkSync('../lib/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
  mkdirSync(join(root, 'usr/bin'), {recursive: true})
  put('/usr/bin/env')
  mkdirSync(join(root, 'tmp'))
  const archive = join(engine.folder, 'npm.tar')
  execFileSync('tar', ['-C', root, '-cf', archive, '.'])
  engine.docker('import', '-c', 'ENV PATH=/usr/local/bin:/usr/bin:/bin', archive, NPM_IMAGE)
  rmSync(root, {recursive: true})
  rmSync(archive)
}

/** The folder that the npm on the PATH is installed in. */
function npmFolder(): string {
  return join(execFileSync('npm', ['root', '--global'], {encoding: 'utf8'}).trim(), 'npm')
}
