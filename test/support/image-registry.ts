import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {writeFileSync} from 'node:fs'
import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'

/** A registry of images that asks who is there, with one image that holds one file. */
export interface ImageRegistry {
  /** `127.0.0.1:port`, as the first part of an image's name. */
  readonly address: string
  /** Every request that came with the right name and password. */
  readonly admitted: readonly string[]
  end(): Promise<void>
}

/** What `acme/tiny:1.0.0` is made of, by path. */
type Served = ReadonlyMap<string, {readonly type: string; readonly body: Buffer}>

const TYPES = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
}

export async function imageRegistry(
  folder: string,
  who: {readonly name: string; readonly password: string},
): Promise<ImageRegistry> {
  const served = tinyImage(folder)
  const admitted: string[] = []
  const wanted = `Basic ${Buffer.from(`${who.name}:${who.password}`).toString('base64')}`
  const isAdmitted = ({headers}: IncomingMessage) => headers.authorization === wanted
  const server = createServer((request, response) => {
    const {method, url = ''} = request
    if (!isAdmitted(request)) return response.writeHead(401, {'www-authenticate': 'Basic realm="tests"'}).end()
    admitted.push(`${method} ${url}`)
    const found = url === '/v2/' ? {type: 'application/json', body: Buffer.from('{}')} : served.get(url)
    if (!found) return response.writeHead(404).end()
    const digest = digestOf(found.body)
    response.writeHead(200, {
      'content-type': found.type,
      'content-length': found.body.length,
      'docker-content-digest': digest,
      'docker-distribution-api-version': 'registry/2.0',
    })
    return response.end(method === 'HEAD' ? undefined : found.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    admitted,
    end: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function tinyImage(folder: string): Served {
  writeFileSync(`${folder}/hello`, 'hello\n')
  const layer = execFileSync('tar', ['-C', folder, '-c', 'hello'])
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: {type: 'layers', diff_ids: [digestOf(layer)]},
      history: [{created: '2026-01-01T00:00:00Z'}],
    }),
  )
  const part = (mediaType: string, body: Buffer) => ({mediaType, size: body.length, digest: digestOf(body)})
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: TYPES.manifest,
      config: part(TYPES.config, config),
      layers: [part(TYPES.layer, layer)],
    }),
  )
  return new Map([
    ['/v2/acme/tiny/manifests/1.0.0', {type: TYPES.manifest, body: manifest}],
    [`/v2/acme/tiny/manifests/${digestOf(manifest)}`, {type: TYPES.manifest, body: manifest}],
    ...[config, layer].map(
      body => [`/v2/acme/tiny/blobs/${digestOf(body)}`, {type: 'application/octet-stream', body}] as const,
    ),
  ])
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}
