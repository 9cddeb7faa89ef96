/** GitHub takes no longer comment. */
export const COMMENT_BYTES = 65_536

/** Where a comment goes, and what may write it. */
export interface CommentPlace {
  /** `GITHUB_API_URL`. */
  readonly api: string
  readonly token: string
  /** `owner/name`. */
  readonly repository: string
  readonly number: number
}

/** Stands first in a comment, is not shown, and tells our comments apart. */
export function markerOf(subject: string): string {
  return `<!-- sluice: ${subject.replaceAll('--', '- -').replace(/[<>\n]/g, '')} -->`
}

const PER_PAGE = 100
/** Nobody reads a pull request with more than so many comments. */
const MOST_PAGES = 10
const TIMEOUT_MS = 20_000

/**
 * Writes the one comment of ours on a pull request: in place of the last one, or as a new one. Answers why it could not
 * be written, where it could not.
 */
export async function comment(place: CommentPlace, marker: string, markdown: string): Promise<string | undefined> {
  const body = `${marker}\n${markdown}`
  try {
    const own = await find(place, marker)
    if (own !== undefined && (await ask(place, 'PATCH', `/issues/comments/${own}`, {body})).ok) return undefined
    const written = await ask(place, 'POST', `/issues/${place.number}/comments`, {body})
    return written.ok ? undefined : refusalOf(written.status)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function refusalOf(status: number): string {
  if (status === 401 || status === 403 || status === 404)
    return `the token may not (${status}): a pull request from a fork has a token that only reads, and the job needs pull-requests: write`
  return `GitHub answered ${status}`
}

/** What of a comment matters here. */
interface Comment {
  readonly id: number
  readonly body?: string
  readonly user?: {readonly type?: string} | null
  readonly author_association?: string
}

/** The id of our comment. One that a stranger wrote in our form is none of ours. */
async function find(place: CommentPlace, marker: string): Promise<number | undefined> {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const answer = await ask(place, 'GET', `/issues/${place.number}/comments?per_page=${PER_PAGE}&page=${page}`)
    if (!answer.ok) return undefined
    const comments = commentsIn(await answer.json())
    const own = comments.find(one => one.body?.startsWith(marker) && isOurs(one))
    if (own || comments.length < PER_PAGE) return own?.id
  }
  return undefined
}

function isOurs({user, author_association: of = ''}: Comment): boolean {
  return user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(of)
}

function commentsIn(answer: unknown): readonly Comment[] {
  return Array.isArray(answer) ? answer.filter(isComment) : []
}

function isComment(value: unknown): value is Comment {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number'
}

async function ask({api, token, repository}: CommentPlace, method: string, path: string, body?: object) {
  return fetch(`${api}/repos/${repository}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
      'user-agent': 'sluice',
      ...(body && {'content-type': 'application/json'}),
    },
    ...(body && {body: JSON.stringify(body)}),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
}
