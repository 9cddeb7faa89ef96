// A page that is whole, or, where BAD says so, an error.
import {createServer} from 'node:http'

const server = createServer((request, response) => {
  const isBad = process.env.BAD && request.url !== '/healthz'
  response.writeHead(isBad ? 500 : 200, {'content-type': 'application/json'}).end('{"order":1,"item":1}')
})
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
