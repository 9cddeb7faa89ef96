import {once} from 'node:events'
import {mkdir, readFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {CHROMIUM, launched} from '../support/chromium.ts'
import {freePort} from '../support/ports.ts'
import {eventually} from '../support/eventually.ts'
import {haproxyVersion} from '../support/haproxy.ts'
import {isNginxHere} from '../support/nginx.ts'
import {openRig, type Rig} from '../support/rig.ts'
import {shop} from '../support/shop.ts'

const isHere = CHROMIUM !== undefined && isNginxHere() && haproxyVersion() !== undefined
if (!isHere && process.env['CI']) throw new Error('nginx and haproxy are needed: apt-get install them')
const PROGRAM = resolve('bin/run.js')
/** Where both proxies ask from; whatever else is on this machine asks from 127.0.0.1. */
const PROXY = '127.0.0.2'

describe.skipIf(!isHere)('sluice view behind a proxy (needs chromium, nginx and haproxy)', () => {
  let rig: Rig
  /** `host:port` of the page itself, of nginx and of HAProxy. */
  let [own, byNginx, byHaproxy] = ['', '', '']

  beforeAll(async () => {
    rig = await openRig()
    await shop(rig, {target: '{ accounts: 1.0.0 }'})
    const file = join(rig.folder, 'sluice.yaml')
    const text = (await readFile(file, 'utf8')).replace('current: { accounts: 1.0.0, billing: 1.0.0 }', 'current: {}')
    await rig.write('sluice.yaml', text.replace('role: critical', 'role: critical\n    gates: [{ approval: [anna] }]'))
    own = `127.0.0.1:${await freePort()}`
    const proxied = ['--listen', own, '--user-header', 'X-Remote-User', '--trust', PROXY]
    const may = ['--allow-actions', '--may', 'anna=approve', '--may', 'ben=pause,abort']
    const view = rig.hold(process.execPath, PROGRAM, 'view', ...proxied, ...may)
    byNginx = await startNginx(rig, own)
    byHaproxy = await startHaproxy(rig, own)
    await once(view.stdout ?? view, 'data')
  })
  afterAll(async () => {
    await rig.sweep()
    await rig.end()
  })

  const as = (name: string) => ({authorization: `Basic ${Buffer.from(`${name}:secret`).toString('base64')}`})
  const both = () => [`http://${byNginx}/sluice/`, `http://${byHaproxy}/sluice/`]
  const ask = (page: string, name: string, deed: string) =>
    fetch(`${page}act`, {
      method: 'POST',
      headers: {...as(name), origin: new URL(page).origin, 'content-type': 'application/json'},
      body: JSON.stringify({deed, reason: 'because'}),
    })

  it('believes the name that the proxy says, whatever a visitor says of itself', async () => {
    for (const page of both()) {
      expect((await fetch(page)).status).toBe(401)
      const mine = await fetch(page, {headers: {...as('carl'), 'X-Remote-User': 'anna'}})
      expect(await mine.text()).toContain('"user":"carl"')
      expect(await (await fetch(page, {headers: as('anna')})).text()).toContain('data-deed="approve"')
    }
  })

  it('believes nobody else who says a name', async () => {
    expect((await fetch(`http://${own}/`, {headers: {'X-Remote-User': 'anna'}})).status).toBe(401)
  })

  it('lets everybody do just what they may', async () => {
    for (const page of both()) {
      const refused = await ask(page, 'anna', 'abort')
      expect([refused.status, await refused.text()]).toEqual([403, 'anna may not abort here'])
      expect((await ask(page, 'carl', 'approve')).status).toBe(403)
      const idle = await ask(page, 'ben', 'pause')
      expect([idle.status, await idle.text()]).toEqual([409, 'no rollout is under way'])
    }
  })

  it('tells what goes on as it happens, and takes an approval', async () => {
    const browser = await launched()
    try {
      const context = await browser.newContext({httpCredentials: {username: 'anna', password: 'secret'}})
      const page = await context.newPage()
      page.on('dialog', dialog => dialog.accept('it looks good'))
      await page.goto(`http://${byNginx}/sluice/`)
      const other = await (await browser.newContext({httpCredentials: {username: 'ben', password: 'secret'}})).newPage()
      await other.goto(`http://${byHaproxy}/sluice/`)
      const apply = rig.sluice('apply', '--yes', '--wait', '--json')
      for (const one of [page, other])
        await expect.poll(() => one.locator('#now-steps').innerText()).toContain('anna must approve')
      expect(await other.locator('[data-deed]').allInnerTexts()).toEqual(['Pause', 'Abort'])
      await page.locator('#now-steps [data-deed=approve]').click()
      for (const one of [page, other]) await expect.poll(() => one.locator('#now-state').innerText()).toBe('succeeded')
      const {code, stdout} = await apply
      expect(code).toBe(0)
      expect(stdout).toContain('it looks good')
    } finally {
      await browser.close()
    }
  })
})

/** The part of docs/page.md in this language, with addresses of the test's own. */
async function documented(language: string, addresses: Readonly<Record<string, string>>): Promise<string> {
  const page = await readFile('docs/page.md', 'utf8')
  const [, part = ''] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page) ?? []
  return Object.entries(addresses).reduce((text, [from, to]) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  }, part)
}

async function startNginx(rig: Rig, view: string): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`
  const folder = join(rig.folder, 'nginx')
  await mkdir(folder)
  const people = await rig.write('nginx/people', PEOPLE.map(name => `${name}:{PLAIN}secret\n`).join(''))
  const location = await documented('nginx', {'10.0.0.5:8080': view, '/etc/nginx/people': people})
  const file = await rig.write(
    'nginx/nginx.conf',
    `pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1; user root;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server { listen ${address}; proxy_bind ${PROXY}; ${location} }
}
`,
  )
  rig.hold('nginx', '-p', folder, '-c', file, '-e', join(folder, 'error.log'), '-g', 'daemon off;')
  await answers(address)
  return address
}

async function startHaproxy(rig: Rig, view: string): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`
  const tls = ' ssl crt /etc/haproxy/ops.pem'
  const sections = await documented('haproxy', {
    '10.0.0.9:443': address,
    [tls]: '',
    'server view 10.0.0.5:8080': `server view ${view} source ${PROXY}`,
  })
  const file = await rig.write(
    'haproxy.cfg',
    `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
userlist people
${PEOPLE.map(name => `  user ${name} insecure-password secret\n`).join('')}${sections}`,
  )
  rig.hold('haproxy', '-f', file)
  await answers(address)
  return address
}

const PEOPLE = ['anna', 'ben', 'carl']

const answers = (address: string) =>
  eventually(() =>
    fetch(`http://${address}/`).then(
      () => true,
      () => false,
    ),
  )
