import {createServer} from 'node:http'

/** Answers at once, and counts. Plain JavaScript, since it is a process of its own. */
let asked = [0, 0]

function start(which) {
  const server = createServer((_request, response) => {
    asked[which]++
    response.writeHead(200, {'Content-Type': 'text/plain', 'Content-Length': '36'})
    response.end('about as much as a small answer says')
  })
  server.keepAliveTimeout = 60_000
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}

process.on('message', () => {
  process.send(asked)
  asked = [0, 0]
})
process.on('disconnect', () => process.exit())
process.send([await start(0), await start(1)])
