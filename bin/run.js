#!/usr/bin/env node
import {readFileSync} from 'node:fs'
import module from 'node:module'

const argv = process.argv.slice(2)
const isVersion = argv.length === 1 && ['--version', '-v', 'version'].includes(argv[0])

if (isVersion) {
  // Answered before anything is loaded: the one question that scripts and prompts ask all the time.
  const {name, version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  console.log(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}`)
} else {
  module.enableCompileCache?.()
  const {main} = await import('../dist/cli.js')
  await main(argv)
}
