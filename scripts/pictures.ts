import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import {chromium} from 'playwright-core'
import {recorded} from './pictures/recording.ts'
import {animated} from './pictures/svg.ts'

/** Made from the real program: `npm run pictures`, where Chromium is installed. */
const COLUMNS = 120
const SLUICE = resolve('bin/run.js')

const folder = mkdtempSync(join(tmpdir(), 'sluice-pictures-'))
try {
  const demo = await recorded([SLUICE, 'demo'], folder)
  const shown = demo.map(line => ({...line, text: line.text.replaceAll(tmpdir(), '/tmp')}))
  writeFileSync('docs/pictures/demo.svg', animated([{atMs: 0, text: '$ sluice demo'}, ...shown], COLUMNS))
  writeFileSync(join(folder, 'sluice.yaml'), exampleIn(readFileSync('README.md', 'utf8')))
  await recorded([SLUICE, 'plan', '--format', 'html', '--out', 'plan.html'], folder)
  await screenshot(join(folder, 'plan.html'), 'docs/pictures/plan.png')
} finally {
  rmSync(folder, {recursive: true})
}

/** The `sluice.yaml` that the README shows. */
function exampleIn(readme: string): string {
  const [, example] = /```yaml\n(sluice: 1\n[\s\S]*?)```/.exec(readme) ?? []
  if (example === undefined) throw new Error('the README has no sluice.yaml')
  return example
}

async function screenshot(page: string, file: string): Promise<void> {
  const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']})
  try {
    const tab = await browser.newPage({viewport: {width: 1480, height: 720}, colorScheme: 'light'})
    await tab.goto(pathToFileURL(page).href)
    await tab.locator('#instant').fill('3')
    await tab.locator('#canvas [data-step]').nth(1).click()
    await tab.screenshot({path: file})
  } finally {
    await browser.close()
  }
}
