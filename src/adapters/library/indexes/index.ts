import type {Catalogue} from '../catalogue.ts'
import {cratesIo} from './crates.ts'
import {goProxy} from './go.ts'
import {mavenCentral} from './maven.ts'
import type {Place, Variables} from './place.ts'
import {pypi} from './pypi.ts'
import {rubygems} from './rubygems.ts'

const PLACES: Readonly<Record<Exclude<Catalogue, 'npm'>, (env: Variables) => Place>> = {
  PyPI: pypi,
  'crates.io': () => cratesIo,
  Go: goProxy,
  RubyGems: () => rubygems,
  Maven: () => mavenCentral,
}

/** Where libraries other than npm's are published, as the user's environment has it. */
export function placeFor(catalogue: Exclude<Catalogue, 'npm'>, env: Variables): Place {
  return PLACES[catalogue](env)
}
