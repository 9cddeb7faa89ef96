import type {Place} from './place.ts'

interface Metadata {
  readonly metadata?: {readonly versioning?: {readonly versions?: {readonly version?: readonly string[]}}}
}

/** Maven Central, for Maven and Gradle alike: `group:artifact`. Nothing there is ever yanked. */
export const mavenCentral: Place = {
  name: 'Maven Central',
  async versions(library, ask) {
    const [group = '', artifact = ''] = library.split(':')
    const path = [...group.split('.'), artifact].map(encodeURIComponent).join('/')
    const text = await ask(`https://repo1.maven.org/maven2/${path}/maven-metadata.xml`)
    if (text === undefined) return undefined
    const {XMLParser} = await import('fast-xml-parser')
    const parser = new XMLParser({parseTagValue: false, isArray: name => name === 'version'})
    return (parser.parse(text) as Metadata).metadata?.versioning?.versions?.version ?? []
  },
}
