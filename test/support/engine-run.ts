import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execFileSync} from 'node:child_process'

/** Where the Docker engine of this run of the tests is, started by the first test that wants it; see docker.ts. */
export const ENGINE_FOLDER = 'SLUICE_TEST_ENGINE'

/** Gives the run a folder for its engine before the tests, and ends the engine after them. */
export default function engineOfThisRun(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-engine-'))
  process.env[ENGINE_FOLDER] = folder
  return () => endEngineIn(folder)
}

/** Ends the engine whose files are in the folder, its containers with it; another may be started on the same files. */
export async function haltEngineIn(folder: string): Promise<void> {
  const pid = pidIn(folder)
  if (pid === undefined) return
  process.kill(pid, 'SIGTERM')
  while (isThere(pid)) await new Promise(resolve => setTimeout(resolve, 50))
}

/** Ends the engine and removes all it had. */
export async function endEngineIn(folder: string): Promise<void> {
  await haltEngineIn(folder)
  const bridge = join(folder, 'bridge')
  if (existsSync(bridge)) execFileSync('ip', ['link', 'delete', readFileSync(bridge, 'utf8')])
  for (const mounted of mountsIn(folder)) execFileSync('umount', [mounted])
  rmSync(folder, {recursive: true, force: true})
}

/** A container in the network of the host leaves its namespace behind as a mount; the innermost come first. */
function mountsIn(folder: string): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[1] ?? '')
  return mounts.filter(path => path.startsWith(`${folder}/`)).reverse()
}

function pidIn(folder: string): number | undefined {
  const file = join(folder, 'docker.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
