// orders and catalog: in the middle. They call accounts-api in the version that their mode says (SLUICE_MODE), and take
// nothing in its answers that they do not know: a strict client.
import {readFileSync} from 'node:fs'
import {createServer} from 'node:http'

const release = JSON.parse(readFileSync(new URL('release.json', import.meta.url), 'utf8'))
const speaks = process.env.SLUICE_MODE ? release.modes[process.env.SLUICE_MODE] : release
const things = ['lamp', 'chair', 'kettle', 'clock', 'shelf']

const server = createServer(async (request, response) => {
  if (request.url === '/healthz') return send(response, 200, {release: release.version})
  const [, api, , , id] = request.url.split('/')
  if (api !== 'api') return send(response, 404, {error: 'no such path'})
  try {
    const account = await accountOf(Number(id))
    const body = {id: Number(id), what: things[Number(id) % things.length], for: account}
    return send(response, 200, release.rich ? {...body, release: release.version} : body)
  } catch (error) {
    return send(response, 502, {error: error.message})
  }
})

async function accountOf(id) {
  const answer = await fetch(`${process.env.ACCOUNTS_URL}/api/v${speaks.major}/accounts/${1 + (id % 20)}`, {
    headers: {'user-agent': `${process.env.SLUICE_SERVICE}/${release.version}`},
    signal: AbortSignal.timeout(5000),
  })
  const body = await answer.json()
  if (!answer.ok) throw new Error(`accounts answered ${answer.status}: ${body.error}`)
  const unknown = Object.keys(body).filter(key => !speaks.knows.includes(key))
  if (unknown.length > 0) throw new Error(`accounts said what ${release.version} does not know: ${unknown}`)
  return typeof body.name === 'string' ? body.name : `${body.name.given} ${body.name.family}`
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
