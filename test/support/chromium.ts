import {existsSync} from 'node:fs'
import {type Browser, chromium} from 'playwright-core'

/** Where Chromium is; undefined where it is not installed. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

if (CHROMIUM === undefined && process.env['CI']) throw new Error('chromium is not installed: apt-get install chromium')

/** What a container lacks and what would talk to the network. */
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

/** A browser that somebody closes. It may take long to start, and to do what it is asked, where the machine is busy. */
export function launched(): Promise<Browser> {
  return chromium.launch({executablePath: CHROMIUM ?? '', args: QUIET, timeout: 60_000})
}
