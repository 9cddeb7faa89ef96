import type {Ecosystem, RepoFiles} from '../ecosystem.ts'
import {packageManifest} from '../manifest.ts'
import {npm} from './npm.ts'
import {bundler, cargo, go, gradle, maven} from './others.ts'
import {pnpm} from './pnpm.ts'
import {pip, poetry, uv} from './python.ts'
import {yarnBerry, yarnClassic} from './yarn.ts'

/** Every package manager that is known, in the order in which a repository is asked. */
export const ECOSYSTEMS: readonly Ecosystem[] = [
  pnpm,
  yarnBerry,
  yarnClassic,
  npm,
  uv,
  poetry,
  pip,
  bundler,
  go,
  cargo,
  gradle,
  maven,
]

/** Whose repository this is: what its manifest names, else the first whose lock file is there. */
export function ecosystemOf(files: RepoFiles): Ecosystem | undefined {
  const named = packageManifest(files)?.packageManager?.split('@')[0]
  const fitting = ECOSYSTEMS.filter(ecosystem => ecosystem.is(files))
  return fitting.find(ecosystem => ecosystem.name.split('-')[0] === named) ?? fitting[0]
}
