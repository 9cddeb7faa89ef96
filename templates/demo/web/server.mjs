// web: the client that people use. One page asks orders and catalog, and fails when either fails.
import {readFileSync} from 'node:fs'
import {createServer} from 'node:http'

const release = JSON.parse(readFileSync(new URL('release.json', import.meta.url), 'utf8'))

const server = createServer(async (request, response) => {
  if (request.url === '/healthz') return send(response, 200, {release: release.version})
  const id = Number(new URL(request.url, 'http://web').searchParams.get('id') ?? 1)
  try {
    const [order, item] = await Promise.all([
      get(`${process.env.ORDERS_URL}/api/v1/orders/${id}`),
      get(`${process.env.CATALOG_URL}/api/v1/items/${id}`),
    ])
    return send(response, 200, {page: release.version, order, item})
  } catch (error) {
    return send(response, 502, {error: error.message})
  }
})

async function get(url) {
  const answer = await fetch(url, {signal: AbortSignal.timeout(5000)})
  const body = await answer.json()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${body.error}`)
  if (release.needsRelease && !body.release) throw new Error(`${url} did not say its release`)
  return body
}

function send(response, status, body) {
  response
    .writeHead(status, {'content-type': 'application/json', 'x-release': release.version})
    .end(JSON.stringify(body))
}

server.listen(Number(process.env.PORT), process.env.LISTEN ?? '127.0.0.1')
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
