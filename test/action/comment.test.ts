import nock from 'nock'
import {describe, expect, it} from 'vitest'
import {comment, markerOf} from '../../src/action/comment.ts'
import {withoutNetwork} from '../support/no-network.ts'

const API = 'https://api.github.test'
const PLACE = {api: API, token: 'a-token', repository: 'acme/shop', number: 7}
const MARKER = markerOf('plan production')
const COMMENTS = '/repos/acme/shop/issues/7/comments'

withoutNetwork()

const github = () => nock(API, {reqheaders: {authorization: 'Bearer a-token'}})
const bot = (id: number, body: string) => ({id, body, user: {type: 'Bot'}, author_association: 'NONE'})
const page = (number: number) => ({per_page: '100', page: String(number)})

describe('the comment on a pull request', () => {
  it('is written once, with a mark that nobody sees', async () => {
    github()
      .get(COMMENTS)
      .query(page(1))
      .reply(200, [bot(1, 'something else')])
    github()
      .post(COMMENTS, ({body}: {body: string}) => body === `${MARKER}\nthe plan`)
      .reply(201, {})
    expect(await comment(PLACE, MARKER, 'the plan')).toBeUndefined()
  })

  it('is written over the last one afterwards, on whichever page that is', async () => {
    github()
      .get(COMMENTS)
      .query(page(1))
      .reply(
        200,
        Array.from({length: 100}, (_, id) => bot(id, 'talk')),
      )
    github()
      .get(COMMENTS)
      .query(page(2))
      .reply(200, [bot(101, `${MARKER}\nolder`)])
    github()
      .patch('/repos/acme/shop/issues/comments/101', {body: `${MARKER}\nnewer`})
      .reply(200, {})
    expect(await comment(PLACE, MARKER, 'newer')).toBeUndefined()
  })

  it('leaves alone what a stranger wrote in its form, and what is of another environment', async () => {
    const stranger = {id: 1, body: `${MARKER}\nmine`, user: {type: 'User'}, author_association: 'CONTRIBUTOR'}
    const other = bot(2, `${markerOf('plan staging')}\nplan`)
    github().get(COMMENTS).query(page(1)).reply(200, [stranger, other])
    github().post(COMMENTS).reply(201, {})
    expect(await comment(PLACE, MARKER, 'the plan')).toBeUndefined()
  })

  it('is written anew where the old one cannot be changed', async () => {
    github()
      .get(COMMENTS)
      .query(page(1))
      .reply(200, [bot(3, `${MARKER}\nolder`)])
    github().patch('/repos/acme/shop/issues/comments/3').reply(403, {})
    github().post(COMMENTS).reply(201, {})
    expect(await comment(PLACE, MARKER, 'newer')).toBeUndefined()
  })

  it.each([
    [403, 'the token may not (403)'],
    [500, 'GitHub answered 500'],
  ])('says why it is not there where GitHub answers %i', async (status, said) => {
    github().get(COMMENTS).query(page(1)).reply(200, [])
    github().post(COMMENTS).reply(status, {})
    expect(await comment(PLACE, MARKER, 'the plan')).toContain(said)
  })

  it('says so where GitHub cannot be reached', async () => {
    github().get(COMMENTS).query(page(1)).replyWithError('connection reset')
    expect(await comment(PLACE, MARKER, 'the plan')).toBeTypeOf('string')
  })

  it('has a mark that no name can end', () => {
    expect(markerOf('plan --> <script>')).not.toMatch(/-->.*-->/)
  })
})
