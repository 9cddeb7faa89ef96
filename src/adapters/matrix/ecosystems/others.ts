import {building, type Ecosystem, fetching, type RepoFiles} from '../ecosystem.ts'
import {readGemfileLock, readGoSum, readGradleLock} from '../locks/lines.ts'
import {readTomlLock} from '../locks/toml.ts'

/** bundler. */
export const bundler: Ecosystem = {
  name: 'bundler',
  is: files => files.has('Gemfile.lock'),
  files: ['Gemfile', 'Gemfile.lock', '.ruby-version', '.bundle/config'],
  locks: ['Gemfile.lock'],
  version: ['bundle', '--version'],
  install: () => [building(['bundle', 'install'], {BUNDLE_FROZEN: 'true', BUNDLE_PATH: 'vendor/bundle'})],
  relock: (_files, latest, wish) =>
    latest === 'absolute'
      ? undefined
      : [fetching(['bundle', 'lock', '--update', ...('only' in wish ? [...wish.only, '--conservative'] : [])])],
  test: files => ['bundle', 'exec', files.has('.rspec') ? 'rspec' : 'rake', ...(files.has('.rspec') ? [] : ['test'])],
  read: readGemfileLock,
  installed: [],
}

/** Go modules: go.mod is the pin. A new major has another path, so that there is no newest beyond the range. */
export const go: Ecosystem = {
  name: 'go',
  is: files => files.has('go.mod'),
  files: ['go.mod', 'go.sum', 'go.work'],
  locks: ['go.sum', 'go.mod'],
  version: ['go', 'version'],
  install: () => [fetching(['go', 'mod', 'download'])],
  relock: (_files, latest, wish) =>
    latest === 'absolute'
      ? undefined
      : [
          fetching([
            'go',
            'get',
            ...('only' in wish ? wish.only.map(name => `${name}@latest`) : ['-u', '-t', './...']),
          ]),
          fetching(['go', 'mod', 'tidy']),
        ],
  test: () => ['go', 'test', '-mod=readonly', './...'],
  read: readGoSum,
  installed: [],
}

/** cargo. */
export const cargo: Ecosystem = {
  name: 'cargo',
  is: files => files.has('Cargo.lock'),
  files: ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', '.cargo/config.toml'],
  locks: ['Cargo.lock'],
  version: ['cargo', '--version'],
  install: () => [fetching(['cargo', 'fetch', '--locked'])],
  relock: (_files, latest, wish) =>
    latest === 'absolute' ? undefined : [fetching(['cargo', 'update', ...('only' in wish ? wish.only : [])])],
  test: () => ['cargo', 'test', '--locked'],
  read: readTomlLock('Cargo.lock'),
  installed: [],
}

/** Maven: exact versions stand in the pom itself. */
export const maven: Ecosystem = {
  name: 'maven',
  is: files => files.has('pom.xml'),
  files: ['pom.xml'],
  locks: ['pom.xml'],
  version: ['mvn', '--version'],
  install: () => [fetching(['mvn', ...BATCH, 'dependency:resolve'])],
  relock: (_files, latest, wish) => [
    fetching([
      'mvn',
      ...BATCH,
      'versions:use-latest-releases',
      '-DgenerateBackupPoms=false',
      ...(latest === 'in-range' ? ['-DallowMajorUpdates=false'] : []),
      ...('only' in wish ? [`-Dincludes=${wish.only.join(',')}`] : []),
    ]),
  ],
  test: () => ['mvn', ...BATCH, 'test'],
  installed: [],
}

const BATCH = ['--batch-mode', '--no-transfer-progress']

/** Gradle with dependency locking. */
export const gradle: Ecosystem = {
  name: 'gradle',
  is: files => files.has('gradle.lockfile'),
  files: ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'gradle.lockfile', 'gradlew'],
  locks: ['gradle.lockfile'],
  version: ['gradle', '--version'],
  install: files => [fetching([...gradleOf(files), 'dependencies'])],
  relock: (files, latest, wish) =>
    latest === 'absolute'
      ? undefined
      : [
          fetching([
            ...gradleOf(files),
            'dependencies',
            ...('only' in wish ? ['--update-locks', wish.only.join(',')] : ['--write-locks']),
          ]),
        ],
  test: files => [...gradleOf(files), 'test'],
  read: readGradleLock,
  installed: [],
}

/** The project's own Gradle where it brings one; never a daemon, which would outlive the cell. */
const gradleOf = (files: RepoFiles) => [files.has('gradlew') ? './gradlew' : 'gradle', '--no-daemon']
