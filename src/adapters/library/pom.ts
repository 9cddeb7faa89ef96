import {type Resolved, resolvedOf} from '../../core/matrix/resolved.ts'
import type {RepoFiles} from '../matrix/ecosystem.ts'

interface Pom {
  readonly project?: {
    readonly version?: string
    readonly properties?: Readonly<Record<string, unknown>>
    readonly dependencies?: Dependencies
    readonly dependencyManagement?: {readonly dependencies?: Dependencies}
  }
}

interface Dependencies {
  readonly dependency?: readonly PomDependency[]
}

/** What a pom.xml asks for. */
export interface PomDependency {
  readonly groupId?: string
  readonly artifactId?: string
  readonly version?: string
  readonly scope?: string
}

/** The versions that pom.xml itself names; what a parent or its libraries bring along stands elsewhere. */
export async function readPom(files: RepoFiles): Promise<Resolved> {
  const asked = await pomDependencies(files)
  return resolvedOf(
    asked.flatMap(({groupId, artifactId, version = ''}) =>
      /^\d/.test(version) ? [[`${groupId}:${artifactId}`, version] as const] : [],
    ),
  )
}

/** Every dependency of pom.xml, with `${name}` filled in from its properties. */
export async function pomDependencies(files: RepoFiles): Promise<readonly PomDependency[]> {
  const {XMLParser} = await import('fast-xml-parser')
  const parser = new XMLParser({parseTagValue: false, isArray: name => name === 'dependency'})
  const {project} = parser.parse(files.text('pom.xml') ?? '') as Pom
  const known: Readonly<Record<string, unknown>> = {...project?.properties, 'project.version': project?.version}
  const filled = (text = '') =>
    text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
      const value = known[name]
      return typeof value === 'string' ? value : whole
    })
  const all = [
    ...(project?.dependencies?.dependency ?? []),
    ...(project?.dependencyManagement?.dependencies?.dependency ?? []),
  ]
  return all.map(one => ({
    ...one,
    groupId: filled(one.groupId),
    artifactId: filled(one.artifactId),
    version: filled(one.version),
  }))
}
