import {spawnSync} from 'node:child_process'
import {mkdirSync, symlinkSync} from 'node:fs'
import {cp} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {describe, expect, it} from 'vitest'
import {eventually} from '../support/eventually.ts'
import {type Rig, rigged} from '../support/rig.ts'

/** A rig where `sluice` is in the path, beside the file of a system with one environment. */
async function withSluice(): Promise<Rig> {
  const rig = await rigged()
  mkdirSync(join(rig.folder, 'bin'))
  symlinkSync(resolve('bin/run.js'), join(rig.folder, 'bin', 'sluice'))
  await cp('test/fixtures/shop/sluice.yaml', join(rig.folder, 'sluice.yaml'))
  return rig
}

function run({folder, env}: Rig, program: string, args: readonly string[]): readonly string[] {
  const PATH = `${join(folder, 'bin')}:${env['PATH']}`
  const {stdout, stderr} = spawnSync(program, args, {cwd: folder, env: {...env, PATH}, encoding: 'utf8'})
  expect(stderr).toBe('')
  return stdout.split('\n').filter(Boolean).sort()
}

/** What bash puts into COMPREPLY; a word that ends with `(files)` says that it goes on with names of files. */
function inBash(rig: Rig, ...typed: readonly string[]): readonly string[] {
  const script = `
    compopt() { printf '(%s)\\n' "$*"; }
    source <(sluice completion bash)
    COMP_WORDS=(sluice "$@") COMP_CWORD=$#
    _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`
  return run(rig, 'bash', ['--norc', '-c', script, 'bash', ...typed])
}

function inFish(rig: Rig, line: string): readonly string[] {
  const found = run(rig, 'fish', ['--no-config', '-c', `sluice completion fish | source; complete -C "$argv"`, line])
  return found.map(entry => entry.split('\t')[0] ?? '')
}

/**
 * What stands in the line of a zsh after a tab: it completes only where somebody types, so a second zsh on a terminal of
 * its own is typed to. The key after the tab has it say its line, for what it shows of one with more keys to come varies.
 */
async function inZsh(rig: Rig, line: string): Promise<string> {
  const script = `
    zmodload zsh/zpty
    zpty inner zsh -f -i
    zpty -w inner 'autoload -U compinit; compinit -u; source <(sluice completion zsh); tell() { print -r -- "line<$BUFFER>" }; zle -N tell; bindkey "^T" tell; PS1="re""ady>"'
    local out
    # Before it prompts, its terminal would take the keys for lines of text.
    zpty -r -m inner out '*ready>*'
    zpty -w -n inner "$1"$'\\t\\x14'
    zpty -r -m inner out '*line<*>*'
    print -r -- "$out"
    zpty -d inner`
  const [, told = ''] = /line<(.*)>/.exec(run(rig, 'zsh', ['-f', '-c', script, 'zsh', line]).join('\n')) ?? []
  // The inner one is hung up on, and not waited for.
  await eventually(() => rig.left().length === 0)
  return told
}

function has(program: string): boolean {
  return process.env['CI'] !== undefined || spawnSync(program, ['--version']).status === 0
}

describe('completion', () => {
  it('completes in bash', async () => {
    const rig = await withSluice()
    expect(inBash(rig, 'pl')).toEqual(['plan'])
    expect(inBash(rig, 'rollout', '')).toEqual(expect.arrayContaining(['list', 'resume', 'show']))
    expect(inBash(rig, 'plan', '--env', 'pr')).toEqual(['production'])
    expect(inBash(rig, 'plan', '--env', '=', 'pr')).toEqual(['production'])
    expect(inBash(rig, 'plan', '--to', 'acc')).toEqual(['(-o nospace)', 'accounts='])
    expect(inBash(rig, 'apply', '')).toEqual(['(-o default -o bashdefault)'])
  })

  it('runs nothing of what is typed', async () => {
    const rig = await withSluice()
    inBash(rig, 'plan', '$(touch hit)', '`touch hit`', ';touch hit', '')
    expect(run(rig, 'ls', [])).not.toContain('hit')
  })

  it.skipIf(!has('fish'))('completes in fish', async () => {
    const rig = await withSluice()
    expect(inFish(rig, 'sluice pl')).toEqual(['plan'])
    expect(inFish(rig, 'sluice plan --env=pr')).toEqual(['--env=production'])
    expect(inFish(rig, 'sluice apply slu')).toEqual(['sluice.yaml'])
    expect(inFish(rig, 'sluice matrix ')).toEqual(['plan', 'run', 'show'])
  })

  it.skipIf(!has('zsh'))('completes in zsh', async () => {
    const rig = await withSluice()
    expect(await inZsh(rig, 'sluice comp')).toBe('sluice completion ')
    expect(await inZsh(rig, 'sluice plan --env=pr')).toMatch(/^sluice plan --env=production ?$/)
    expect(await inZsh(rig, 'sluice apply slu')).toMatch(/^sluice apply sluice.yaml ?$/)
  })
})
