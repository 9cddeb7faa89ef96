import {MANIFEST_NAME} from '../../core/config/manifest.ts'
import {MANIFEST_LIMITS} from '../../core/config/yaml/load.ts'
import {gitIn} from './git.ts'

/** The manifest at one commit: its text, why it could not be read, or neither where there is none. */
export interface FoundManifest {
  readonly text?: string
  readonly unreadable?: string
}

/**
 * The manifests of many commits, in order, with two git processes: one says which files there are and how long they
 * are, one hands out their content, each content once however many commits share it.
 */
export async function manifestsAt(folder: string, commits: readonly string[]): Promise<FoundManifest[]> {
  if (commits.length === 0) return []
  const files = await look(folder, commits)
  const wanted = new Set(files.flatMap(file => (file && file.size <= MANIFEST_LIMITS.size ? [file.object] : [])))
  const texts = await contents(folder, [...wanted])
  return files.map(file => {
    if (!file) return {}
    if (file.size > MANIFEST_LIMITS.size)
      return {unreadable: `it is ${file.size} bytes long; at most ${MANIFEST_LIMITS.size} are read`}
    return texts.get(file.object) ?? {}
  })
}

interface File {
  readonly object: string
  readonly size: number
}

async function look(folder: string, commits: readonly string[]): Promise<(File | undefined)[]> {
  const git = await gitIn(folder, {input: () => commits.map(commit => `${commit}:${MANIFEST_NAME}\n`).join('')})
  const answer = await git.raw(['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'])
  const lines = answer.split('\n')
  return commits.map((_, index) => {
    const [object = '', type, size] = (lines[index] ?? '').split(' ')
    return type === 'blob' ? {object, size: Number(size)} : undefined
  })
}

async function contents(folder: string, objects: readonly string[]): Promise<Map<string, FoundManifest>> {
  const found = new Map<string, FoundManifest>()
  if (objects.length === 0) return found
  const git = await gitIn(folder, {input: () => objects.map(object => `${object}\n`).join('')})
  const answer: unknown = await git.binaryCatFile(['--batch'])
  const bytes = answer as Buffer
  // Every answer is `<object> blob <size>`, a line feed, that many bytes, a line feed.
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, at)
    const [object = '', , size] = bytes.toString('latin1', at, end).split(' ')
    found.set(object, decoded(bytes.subarray(end + 1, end + 1 + Number(size))))
    at = end + 1 + Number(size) + 1
  }
  return found
}

const LINE_FEED = 10

function decoded(bytes: Buffer): FoundManifest {
  try {
    return {text: new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)}
  } catch {
    return {unreadable: 'it is not UTF-8 text'}
  }
}
