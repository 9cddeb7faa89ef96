import {createHash} from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'

/** A package to publish: its manifest's fields beside name and version, and its files. */
export interface Published {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
}

/** A registry of the test's own on loopback, so that "latest" is what the test says. */
export interface Registry {
  readonly url: string
  readonly publish: (...packages: readonly Published[]) => Promise<void>
  readonly close: () => Promise<void>
}

/** Starts verdaccio, without any registry behind it. */
export async function startRegistry(): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-registry-'))
  const {runServer} = await import('verdaccio')
  const server = await runServer(settings(folder))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url,
    async publish(...packages) {
      for (const one of packages) await publish(url, one)
    },
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await rm(folder, {recursive: true, force: true})
    },
  }
}

function settings(folder: string) {
  return {
    storage: join(folder, 'storage'),
    // Package managers keep connections for later, which must not be closed while they are about to be used.
    server: {keepAliveTimeout: 65},
    self_path: join(folder, 'config.yaml'),
    configPath: join(folder, 'config.yaml'),
    uplinks: {},
    packages: {'**': {access: '$all', publish: '$all', unpublish: '$all'}},
    log: {type: 'stdout', format: 'pretty', level: 'fatal'},
    web: {enable: false},
    max_body_size: '10mb',
  }
}

/** What `npm publish` sends, without starting npm for each. */
async function publish(url: string, one: Published): Promise<void> {
  const {files, ...manifest} = one
  const tarball = tarOf({'package.json': JSON.stringify(manifest), ...files})
  const file = `${one.name}-${one.version}.tgz`
  const dist = {
    tarball: `${url}${one.name}/-/${file}`,
    shasum: createHash('sha1').update(tarball).digest('hex'),
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
  }
  const answer = await fetch(`${url}${one.name}`, {
    method: 'PUT',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({
      _id: one.name,
      name: one.name,
      'dist-tags': {latest: one.version},
      versions: {[one.version]: {...manifest, dist}},
      _attachments: {
        [file]: {content_type: 'application/octet-stream', data: tarball.toString('base64'), length: tarball.length},
      },
    }),
  })
  if (!answer.ok) throw new Error(`${file} was not published: ${answer.status} ${await answer.text()}`)
}

/** A package as npm packs it: an old-style tar, gzipped. */
function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files).flatMap(([name, text]) => {
    const body = Buffer.from(text)
    return [headerOf(`package/${name}`, body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]))
}

function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
