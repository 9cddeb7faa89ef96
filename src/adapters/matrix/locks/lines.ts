import {type Resolved, resolvedOf} from '../../../core/matrix/resolved.ts'
import type {RepoFiles} from '../ecosystem.ts'

/** `name==1.2.3` of requirements.txt. */
export const readRequirements = lines('requirements.txt', /^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)/)

/** The four-space entries of Gemfile.lock: `    name (1.2.3)`; what they ask for stands further in. */
export const readGemfileLock = lines('Gemfile.lock', /^ {4}(\S+) \(([^)]+)\)$/)

/** `module v1.2.3 h1:...` of go.sum; the lines of go.mod files alone are no code. */
export const readGoSum = lines('go.sum', /^(\S+) (v[^\s/]+) h1:/)

/** `group:name:1.2.3=configurations` of gradle.lockfile. */
export const readGradleLock = lines('gradle.lockfile', /^([^#:=]+:[^:=]+):([^=]+)=/)

function lines(path: string, pattern: RegExp): (files: RepoFiles) => Resolved {
  return files =>
    resolvedOf(
      (files.text(path) ?? '').split(/\r?\n/).flatMap(line => {
        const match = pattern.exec(line)
        return match?.[1] && match[2] ? [[match[1], match[2]] as const] : []
      }),
    )
}
