import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {record} from '../shape/record.ts'
import {formed, oneOf, text, yesOrNo} from '../shape/scalar.ts'
import {about, mapped, narrowed, type Read, refuse} from '../shape/shape.ts'
import {isTagPattern} from '../tag.ts'
import {gates} from './gate.ts'
import {HOOK_NAME, hooks} from './hook.ts'
import {release} from './release.ts'
import {rollout} from './rollout.ts'
import {run} from './run.ts'
import {command, processors, serviceName, size, VERSION_KEY} from './values.ts'

const tag = mapped(narrowed(text('a pattern of tags'), {type: 'string', pattern: '\\{version\\}'}), (found, at) => {
  if (isTagPattern(found)) return found
  const places = found.split('{version}').length - 1
  if (places === 1)
    return refuse(at, `${JSON.stringify(found)} makes no tags that git takes`, 'write it like "v{version}"')
  return refuse(
    at,
    `${JSON.stringify(found)} does not say where the version stands`,
    'write {version} once, like "v{version}"',
  )
})

const listen = formed(
  /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/,
  'an address',
  () => 'write host:port, like 127.0.0.1:8001',
)

const route = object(
  {
    backend: about('Name of the back end in the balancer.', text('the name of a back end')),
    listen: maybe(about('Where the embedded balancer listens, as host:port.', listen)),
  },
  'a route',
)

const container = mapped(
  object(
    {
      image: about('Image with the package manager and whatever the tests need.', text('an image')),
      memory: maybe(about('Most memory of one cell, as 512m or 2g. 2g without it.', size)),
      cpus: maybe(about('Processors of one cell. 2 without it.', processors)),
      network: maybe(about('Network of Docker that cells are in. bridge without it.', text('a network'))),
      offline: maybe(
        about('No network for builds and tests; libraries are still fetched. false without it.', yesOrNo()),
      ),
      env: maybe(
        about(
          'Variables of your environment that lines which fetch libraries get, such as a token. None without it.',
          list(text('the name of a variable'), 'names of variables'),
        ),
      ),
    },
    'a container',
  ),
  ({memory: memoryBytes = DEFAULT_MEMORY, cpus = 2, network = 'bridge', offline = false, env = [], image}) => ({
    image,
    memoryBytes,
    cpus,
    network,
    offline,
    env,
  }),
)

const DEFAULT_MEMORY = 2 * 2 ** 30

const matrix = object(
  {
    prod: maybe(about('Branch, tag or environment that stands for production.', text('a branch, tag or environment'))),
    master: maybe(about('Branch that is developed on.', text('a branch'))),
    pinned: maybe(about('Installs the dependencies as they are locked.', command)),
    latest: maybe(about('Installs the newest dependencies that are allowed.', command)),
    test: maybe(about('Runs the tests.', command)),
    container: maybe(about('Each command of a cell runs in a container; on this machine without it.', container)),
  },
  'a test matrix',
)

/** One service, and also what an environment may override of one. */
export const service = object(
  {
    role: maybe(
      about(
        'Picks the default rollout: critical 5/25/50/100, client 10/50/100, backend straight to 100. backend without it.',
        oneOf(['critical', 'backend', 'client'], 'a role'),
      ),
    ),
    data: maybe(
      about(
        'source-of-truth needs redundancy; of cached data, clients keep copies.',
        oneOf(['source-of-truth', 'cached'], 'a kind of data'),
      ),
    ),
    repo: maybe(about('Path or URL of the git repository; its tags are the releases.', text('a path or a git URL'))),
    tag: maybe(about('How a release is tagged. "v{version}" without it.', tag)),
    run: maybe(about('How instances are started, watched and stopped.', run)),
    route: maybe(about('Where the balancer takes the traffic of the service.', route)),
    rollout: maybe(about('How carefully a release is brought in.', rollout)),
    matrix: maybe(about('How {prod, master} x {pinned, latest} are tested.', matrix)),
    switch: maybe(about('A command that switches the mode of what runs. Without it, instances are replaced.', command)),
    hooks: maybe(
      about(
        'Programs run once: expand and before before a step, contract and after after it, back when it was taken back; or by the name that a server gives to invalidate.',
        hooks,
      ),
    ),
    invalidate: maybe(
      about(
        'Of cached data: the hook that clients run after the contract has changed.',
        formed(HOOK_NAME.pattern, HOOK_NAME.what),
      ),
    ),
    gates: maybe(about('What must hold before each of its steps begins.', gates)),
    releases: maybe(about('Facts of releases, instead of a manifest or before one.', record(VERSION_KEY, release))),
    after: maybe(about('Services that are moved first, for what no contract says.', list(serviceName, 'services'))),
  },
  'a service',
)

export type WrittenService = Read<typeof service>
