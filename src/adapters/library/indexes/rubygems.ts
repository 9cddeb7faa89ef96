import type {Place} from './place.ts'

/** rubygems.org; what was yanked is not in its answer. */
export const rubygems: Place = {
  name: 'rubygems.org',
  async versions(library, ask) {
    const text = await ask(`https://rubygems.org/api/v1/versions/${encodeURIComponent(library)}.json`)
    if (text === undefined) return undefined
    const listed = JSON.parse(text) as readonly {readonly number: string; readonly prerelease?: boolean}[]
    return listed.flatMap(({number, prerelease}) => (prerelease ? [] : [number]))
  },
}
