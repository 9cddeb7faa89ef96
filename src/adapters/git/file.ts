import {isTagName} from '../../core/config/tag.ts'
import {gitIn} from './git.ts'

/** The text of a file at a tag; undefined where one of both is not there. Nothing is checked out. */
export async function fileAt(folder: string, tag: string, path: string): Promise<string | undefined> {
  if (!isTagName(tag)) return undefined
  const object = `refs/tags/${tag}^{commit}:${path}`
  const looking = await gitIn(folder, {input: () => `${object}\n`})
  const said = await looking.raw(['cat-file', '--batch-check=%(objecttype)'])
  if (said.trim() !== 'blob') return undefined
  const reading = await gitIn(folder)
  return reading.raw(['cat-file', 'blob', object])
}
