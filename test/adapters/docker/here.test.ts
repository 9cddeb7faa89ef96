import {describe, expect, it} from 'vitest'
import {engineHere} from '../../../src/adapters/docker/here.ts'

describe('the engine that docker would talk to', () => {
  it('is the one of this machine where nothing else is said', async () => {
    const here = await engineHere({})
    expect(here).toMatchObject({ok: true, value: {name: 'unix:///var/run/docker.sock', publish: '127.0.0.1'}})
  })

  it('is where DOCKER_HOST says', async () => {
    const here = await engineHere({DOCKER_HOST: 'tcp://10.0.0.5:2375'})
    expect(here).toMatchObject({ok: true, value: {name: 'tcp://10.0.0.5:2375', publish: '10.0.0.5'}})
  })

  it('is none where DOCKER_HOST is no address', async () => {
    expect(await engineHere({DOCKER_HOST: 'localhost'})).toMatchObject({
      ok: false,
      failure: {code: 'driver-unable', message: 'DOCKER_HOST is "localhost"'},
    })
  })

  it('wants the files of TLS where DOCKER_TLS_VERIFY asks for it', async () => {
    const env = {DOCKER_HOST: 'tcp://10.0.0.5:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere'}
    const message = "ENOENT: no such file or directory, open '/nowhere/ca.pem'"
    const hint = 'one of the three files by which both sides of TLS know each other: is the path right?'
    expect(await engineHere(env)).toMatchObject({
      ok: false,
      failure: {message: `docker at tcp://10.0.0.5:2376 cannot be asked: ${message}`, hint},
    })
  })
})
