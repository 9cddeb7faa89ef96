import type {Catalogue} from '../catalogue.ts'
import {cratesIo} from './crates.ts'
import {goProxy} from './go.ts'
import {mavenCentral} from './maven.ts'
import type {Place, Variables} from './place.ts'
import {pypi} from './pypi.ts'
import {rubygems} from './rubygems.ts'

/** Where libraries other than npm's are published, as the user's environment has it. */
export function placeFor(catalogue: Exclude<Catalogue, 'npm'>, env: Variables): Place {
  switch (catalogue) {
    case 'PyPI':
      return pypi(env)
    case 'crates.io':
      return cratesIo
    case 'Go':
      return goProxy(env)
    case 'RubyGems':
      return rubygems
    case 'Maven':
      return mavenCentral
  }
}
