import {spawn} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {describe, expect, it} from 'vitest'
import {type Block, blocksIn} from './support/blocks.ts'
import {freePort} from './support/ports.ts'
import {openRig, rigged} from './support/rig.ts'

/** Between what two blocks print. */
const NEXT = '=== next block ==='

describe('docs/tutorial.md', () => {
  it('does what it says, from an empty folder on', async () => {
    const rig = await openRig()
    try {
      const ports = [await freePort(), await freePort()]
      const page = readFileSync('docs/tutorial.md', 'utf8')
        .replaceAll('8800', String(ports[0]))
        .replaceAll('8801', String(ports[1]))
      expect(page).toContain(readFileSync('docs/workflows/plan.yml', 'utf8'))
      const blocks = blocksIn(page)
      const heard = join(rig.folder, 'heard')
      const scripts = blocks.filter(({language}) => language === 'sh').map(block => pausing(block.text, heard))
      mkdirSync(join(rig.folder, 'bin'))
      symlinkSync(resolve('bin/run.js'), join(rig.folder, 'bin', 'sluice'))
      const env = {...rig.env, PATH: `${join(rig.folder, 'bin')}:${rig.env['PATH']}`, ...AUTHOR}
      const script = `exec 2>&1\n${scripts.join(`\necho '${NEXT}'\n`)}`
      const child = spawn('bash', ['-e', '-c', script], {cwd: rig.folder, env, stdio: ['ignore', 'pipe', 'ignore']})
      let out = ''
      let watched: Promise<string> | undefined
      child.stdout.setEncoding('utf8').on('data', chunk => {
        out += chunk
        const [address] = /http:\S+\?token=\S+(?=\n)/.exec(out) ?? []
        if (address !== undefined) watched ??= toldAt(address, () => writeFileSync(heard, ''))
      })
      const code = await new Promise(settle => child.on('close', settle))
      expect(code, out).toBe(0)
      const told = (await watched) ?? ''
      for (const part of ['"is":"idle"', '"id":"page-1","mood":"running"', '"state":"succeeded"'])
        expect(told).toContain(part)
      const said = out.split(NEXT)
      expect(said).toHaveLength(scripts.length)
      for (const [shown, printed] of shownIn(blocks, said)) expect(printed).toContain(shown)
    } finally {
      await rig.sweep()
      await rig.end()
    }
  })
})

/** Whoever has opened the page in a browser goes on when it is there: when somebody has `heard` what it is told first. */
function pausing(script: string, heard: string): string {
  return script.startsWith('sluice view') ? `${script}until [ -e '${heard}' ]; do sleep 0.05; done\n` : script
}

/** What the page at an address is told until it is closed; calls `hears` when that begins. */
async function toldAt(address: string, hears: () => void): Promise<string> {
  const entered = await fetch(address, {redirect: 'manual'})
  const [cookie = ''] = (entered.headers.get('set-cookie') ?? '').split(';')
  const stream = await fetch(new URL('/events', address), {headers: {cookie}})
  let told = ''
  try {
    for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      told += chunk
      hears()
    }
  } catch {
    // The page has gone, in the middle of what it said.
  }
  return told
}

describe('the README', () => {
  const readme = readFileSync('README.md', 'utf8')

  it('shows what the program prints', async () => {
    const rig = await rigged()
    const [, file = ''] = /```yaml\n(sluice: 1\n[\s\S]*?)```/.exec(readme) ?? []
    const [, shown = ''] = /```\n(shop · production {2}[\s\S]*?)```/.exec(readme) ?? []
    await rig.write('sluice.yaml', file)
    expect((await rig.sluice('plan')).stdout.trimEnd()).toBe(shown.trimEnd())
  })

  it('names every command, and none that there is not', () => {
    const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {
      commands: Record<string, {hidden?: boolean}>
    }
    const known = new Set(
      Object.keys(commands)
        .filter(id => !commands[id]?.hidden)
        .map(id => id.split(':')[0]),
    )
    const named = new Set([...readme.matchAll(/^\| `sluice (\S+?)[ `]/gm)].map(([, name]) => name))
    expect([...known].filter(name => !named.has(name))).toEqual([])
    expect([...named].filter(name => !known.has(name))).toEqual([])
  })

  it('points to files that there are', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path)
    expect(links.filter(path => !existsSync(path))).toEqual([])
  })
})

/** Every line that the page shows below some commands, and what these printed. */
function shownIn(
  blocks: readonly Block[],
  said: readonly string[],
): readonly (readonly [shown: string, printed: string])[] {
  let run = -1
  return blocks.flatMap(({language, text: block}) => {
    if (language === 'sh') run += 1
    return language === 'text'
      ? block
          .split('\n')
          .filter(Boolean)
          .map(line => [line, said[run] ?? ''] as const)
      : []
  })
}

const AUTHOR = {
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.com',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.com',
}
