import {compareVersions} from '../../../core/library/version.ts'
import type {Ask} from './ask.ts'
import type {Place, Variables} from './place.ts'

/** The first proxy of GOPROXY that is one. `direct` asks repositories, which is not done here. */
export function goProxy(env: Variables): Place {
  const listed = (env['GOPROXY'] ?? 'https://proxy.golang.org').split(/[,|]/).map(one => one.trim())
  const proxy = listed.find(one => /^https?:\/\//.test(one))?.replace(/\/+$/, '')
  return {
    name: 'the Go proxy',
    async versions(library, ask) {
      if (proxy === undefined) throw new Error(`GOPROXY is ${env['GOPROXY']}`)
      if (isPrivate(library, env)) throw new Error('it is private by GOPRIVATE or GONOPROXY')
      const own = await released(proxy, library, ask)
      return own && [...own, ...(await laterMajors(proxy, library, ask))]
    },
  }
}

/** A new major is another module: `/v2` behind the path, or `.v2` at gopkg.in. Numbers are not left out. */
async function laterMajors(proxy: string, library: string, ask: Ask): Promise<readonly string[]> {
  const [, base = library, separator = '/v', number = '1'] = /^(.*?)([/.]v)(\d+)$/.exec(library) ?? []
  const versions: string[] = []
  for (let major = Number(number) + 1; ; major++) {
    const later = await released(proxy, `${base}${separator}${major}`, ask)
    if (!later || later.length === 0) return versions
    versions.push(...later)
  }
}

async function released(proxy: string, module: string, ask: Ask): Promise<readonly string[] | undefined> {
  const at = `${proxy}/${module.replace(/[A-Z]/g, letter => `!${letter.toLowerCase()}`)}/@v`
  const versions = (await ask(`${at}/list`))?.split('\n').filter(line => line !== '')
  const newest = versions?.toSorted(compareVersions).at(-1)
  if (!versions || newest === undefined) return versions
  const retracted = retractedBy((await ask(`${at}/${newest}.mod`)) ?? '')
  return versions.filter(version => !retracted(version))
}

/** The newest go.mod says what was taken back: `retract v1.0.1`, `retract [v1.0.0, v1.2.0]`, or a block of such lines. */
function retractedBy(mod: string): (version: string) => boolean {
  const bare = mod.replace(/\/\/.*$/gm, '')
  const said = [...bare.matchAll(/^retract\s+(?:\(([^)]*)\)|(.*))$/gm)]
    .map(match => match[1] ?? match[2] ?? '')
    .join('\n')
  const ranges = [...said.matchAll(/\[\s*(v[^\s,]+)\s*,\s*(v[^\s\]]+)\s*\]|(v\S+)/g)]
  return version =>
    ranges.some(([, from, to, only]) =>
      only === undefined
        ? compareVersions(version, from ?? '') >= 0 && compareVersions(version, to ?? '') <= 0
        : version === only,
    )
}

/** Go asks no proxy for these, and neither do we: their names are nobody's business. */
function isPrivate(module: string, env: Variables): boolean {
  const patterns = (env['GONOPROXY'] ?? env['GOPRIVATE'] ?? '').split(',').filter(pattern => pattern !== '')
  return patterns.some(pattern => {
    const words = pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')
    return new RegExp(`^${words}(?:/|$)`).test(module)
  })
}
