#!/usr/bin/env node
// Builds first, then runs: for working on Sluice itself.
import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = spawnSync(process.execPath, ['scripts/run.mjs', 'scripts/build.ts'], {cwd: root, stdio: ['ignore', 2, 2]})
if (built.status !== 0) process.exit(built.status ?? 1)
await import('./run.js')
