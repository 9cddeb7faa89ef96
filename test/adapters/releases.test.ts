import {expect, it} from 'vitest'
import {releasesFrom} from '../../src/adapters/releases.ts'
import {ok} from '../../src/core/base/result.ts'
import {serviceConfig} from '../support/world.ts'

const RELEASE = {version: '2.0.0', provides: new Map(), consumes: new Map(), modes: [], irreversible: false}
const RUN = {command: ['node', 'server.js'], image: 'acme/accounts:{version}'}

/** What is made ready of a service that says how it runs as a process and as a container, and what is checked out. */
async function prepared(byImage: boolean, run = RUN) {
  const checkedOut: string[] = []
  const checkout = async (tag: string) => {
    checkedOut.push(tag)
    return ok('/checkout')
  }
  const releases = releasesFrom({
    services: new Map([['accounts', serviceConfig('accounts', {repo: '../accounts', run})]]),
    releases: new Map([['accounts', [RELEASE]]]),
    repository: () => ({checkout}) as unknown as ReturnType<Parameters<typeof releasesFrom>[0]['repository']>,
    root: '/root',
    byImage,
  })
  const made = await releases.prepare('accounts', {release: '2.0.0', mode: null})
  return {folder: made.ok ? made.value.folder : made.failure, checkedOut}
}

it('checks a release out where it runs as a process', async () => {
  expect(await prepared(false)).toEqual({folder: '/checkout', checkedOut: ['v2.0.0']})
})

it('checks nothing out where the release is an image', async () => {
  expect(await prepared(true)).toEqual({folder: undefined, checkedOut: []})
})
