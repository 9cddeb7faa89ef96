// accounts: the server at the end of the chain. It has a small database file of its own and answers the versions of
// accounts-api that its release.json names. A release that is told to be broken answers 500 to every call.
import {readFileSync} from 'node:fs'
import {createServer} from 'node:http'

const release = JSON.parse(readFileSync(new URL('release.json', import.meta.url), 'utf8'))
const accounts = new Map(
  JSON.parse(readFileSync(process.env.ACCOUNTS_DB, 'utf8')).map(account => [account.id, account]),
)

const answers = {
  '1.0.0': ({id, given, family}) => ({id, name: `${given} ${family}`}),
  // 1.1.0 says one thing more than 1.0.0: a client that takes nothing unknown stumbles over it.
  '1.1.0': ({id, given, family, email}) => ({id, name: `${given} ${family}`, email}),
  '2.0.0': ({id, given, family, email}) => ({id, name: {given, family}, email}),
}

const server = createServer((request, response) => {
  const [, api, major, collection, id] = request.url.split('/')
  if (request.url === '/healthz') return send(response, 200, {release: release.version})
  if (api !== 'api' || collection !== 'accounts') return send(response, 404, {error: 'no such path'})
  if (release.broken) return send(response, 500, {error: `accounts ${release.version} is broken`})
  const version = release.serves.find(version => `v${version.split('.')[0]}` === major)
  if (!version) return send(response, 410, {error: `accounts ${release.version} does not serve ${major}`})
  const account = accounts.get(Number(id))
  return account ? send(response, 200, answers[version](account)) : send(response, 404, {error: 'no such account'})
})

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
