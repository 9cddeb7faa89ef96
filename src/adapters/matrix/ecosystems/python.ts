import {building, type Ecosystem, fetching, type Line} from '../ecosystem.ts'
import {readRequirements} from '../locks/lines.ts'
import {readTomlLock} from '../locks/toml.ts'

/** uv. */
export const uv: Ecosystem = {
  name: 'uv',
  is: files => files.has('uv.lock'),
  files: ['pyproject.toml', 'uv.lock', 'uv.toml', '.python-version'],
  locks: ['uv.lock'],
  version: ['uv', '--version'],
  install: () => [building(['uv', 'sync', '--locked'])],
  relock: (_files, latest, wish) =>
    latest === 'absolute'
      ? undefined
      : [fetching(['uv', 'lock', ...('only' in wish ? each('--upgrade-package', wish.only) : ['--upgrade'])])],
  test: () => ['uv', 'run', '--no-sync', 'pytest'],
  read: readTomlLock('uv.lock'),
  installed: [],
}

/** poetry 2 and later. */
export const poetry: Ecosystem = {
  name: 'poetry',
  is: files => files.has('poetry.lock'),
  files: ['pyproject.toml', 'poetry.lock', 'poetry.toml'],
  locks: ['poetry.lock'],
  version: ['poetry', '--version'],
  install: () => [
    fetching(['poetry', 'check', '--lock', '--no-interaction']),
    building(['poetry', 'sync', '--no-interaction'], IN_PROJECT),
  ],
  relock: (_files, latest, wish) =>
    latest === 'absolute'
      ? undefined
      : [fetching(['poetry', 'update', '--lock', '--no-interaction', ...('only' in wish ? wish.only : [])])],
  test: () => ['poetry', 'run', 'pytest'],
  read: readTomlLock('poetry.lock'),
  installed: [],
}

const IN_PROJECT = {POETRY_VIRTUALENVS_IN_PROJECT: 'true'}

/** pip with a requirements.txt that pip-compile made from a requirements.in; without the latter there are no ranges. */
export const pip: Ecosystem = {
  name: 'pip',
  is: files => files.has('requirements.txt'),
  files: ['requirements.in', 'requirements.txt', 'constraints.txt'],
  locks: ['requirements.txt'],
  version: ['python3', '-m', 'pip', '--version'],
  install: () => [VENV, pipInstall('--no-deps', '--requirement', 'requirements.txt')],
  relock: (files, latest, wish) =>
    latest === 'absolute' || !files.has('requirements.in')
      ? undefined
      : [
          VENV,
          pipInstall('pip-tools'),
          building([
            PYTHON,
            '-m',
            'piptools',
            'compile',
            '--quiet',
            '--output-file',
            'requirements.txt',
            ...('only' in wish ? each('--upgrade-package', wish.only) : ['--upgrade']),
            'requirements.in',
          ]),
        ],
  test: () => [PYTHON, '-m', 'pytest'],
  read: readRequirements,
  installed: [],
}

const PYTHON = '.venv/bin/python'
const VENV: Line = building(['python3', '-m', 'venv', '.venv'])

/** What pip writes has no word of a registry that failed: it looks as if there were no such library. */
function pipInstall(...what: readonly string[]): Line {
  return {...building([PYTHON, '-m', 'pip', 'install', '--log', PIP_LOG, ...what]), details: PIP_LOG}
}

const PIP_LOG = '.venv/pip.log'

const each = (flag: string, names: readonly string[]) => names.flatMap(name => [flag, name])
