import {execFile} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

const run = promisify(execFile)

/** Asks for `seconds` as fast as answers come, with wrk where it is installed. @returns how many were answered */
export async function load(address: string, connections: number, seconds: number): Promise<number> {
  try {
    const {stdout} = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, `http://${address}/`])
    return Number(/(\d+) requests in/.exec(stdout)?.[1])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return cannon(address, connections, seconds)
  }
}

async function cannon(address: string, connections: number, seconds: number): Promise<number> {
  const program = fileURLToPath(import.meta.resolve('autocannon'))
  const how = ['--json', '-c', String(connections), '-d', String(seconds)]
  const {stdout} = await run(process.execPath, [program, ...how, `http://${address}/`])
  return (JSON.parse(stdout) as {'2xx': number})['2xx']
}
