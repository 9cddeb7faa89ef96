const PLACE = '{version}'

/** The tag of a release: `v{version}` and `1.2.0` make `v1.2.0`. */
export function tagOf(pattern: string, version: string): string {
  return pattern.replace(PLACE, () => version)
}

/** What stands in a tag where the pattern has the version; undefined where the tag is another one. */
export function versionPart(pattern: string, tag: string): string | undefined {
  const cut = pattern.indexOf(PLACE)
  const before = pattern.slice(0, cut)
  const behind = pattern.slice(cut + PLACE.length)
  const long = tag.length > before.length + behind.length
  return long && tag.startsWith(before) && tag.endsWith(behind)
    ? tag.slice(before.length, tag.length - behind.length)
    : undefined
}

/** Whether git takes it as the name of a tag, and nothing takes it for anything else, such as an option. */
export function isTagName(name: string): boolean {
  return name !== '' && name !== '@' && !NEVER_IN_A_TAG.test(name)
}

const NEVER_IN_A_TAG = /^[-/.]|[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[/.]$/u

/** Whether a pattern, filled in with a version, makes a tag that git takes. */
export function isTagPattern(pattern: string): boolean {
  return pattern.split(PLACE).length === 2 && isTagName(tagOf(pattern, '1.0.0'))
}
