import {addressFrom, type Place, type Variables} from './place.ts'

/** The parts of https://packaging.python.org/en/latest/specifications/simple-repository-api/ that are read. */
interface Simple {
  readonly files?: readonly {readonly filename?: string; readonly yanked?: boolean | string}[]
}

const JSON_ONLY = 'application/vnd.pypi.simple.v1+json'

/** Where everybody's libraries are. */
export const PYPI = 'https://pypi.org/simple'

/** PyPI, or the index that pip or uv is told of. */
export const pypiAddress = (env: Variables) =>
  addressFrom(env, ['PIP_INDEX_URL', 'UV_DEFAULT_INDEX', 'UV_INDEX_URL'], PYPI)

/** PyPI by its JSON answers. */
export function pypi(env: Variables): Place {
  const base = pypiAddress(env)
  return {
    name: 'PyPI',
    async versions(library, ask) {
      const text = await ask(`${base}/${library.toLowerCase().replace(/[-_.]+/g, '-')}/`, JSON_ONLY)
      if (text === undefined) return undefined
      if (!text.trimStart().startsWith('{')) throw new Error('it has no JSON answer')
      const {files = []} = JSON.parse(text) as Simple
      return files.flatMap(({filename = '', yanked = false}) => (yanked === false ? versionIn(filename) : []))
    },
  }
}

/** `name-1.2.3-py3-none-any.whl`, `name-1.2.3.tar.gz`: names of files have no other dash since 2023, and versions never. */
function versionIn(filename: string): string[] {
  if (filename.endsWith('.whl')) return filename.split('-').slice(1, 2)
  const version = /-(\d[^-]*?)\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)$/.exec(filename)?.[1]
  return version === undefined ? [] : [version]
}
