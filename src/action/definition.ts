/** What the Action can be told to do; the words of the command line. */
export const ACTION_COMMANDS = ['plan', 'check', 'apply', 'matrix', 'matrix plan', 'matrix show', 'usage'] as const

export type ActionCommand = (typeof ACTION_COMMANDS)[number]

/** One input of `action.yml`. */
export interface InputFacts {
  readonly description: string
  /** Which commands read it; all of them where nothing is said. */
  readonly of?: readonly ActionCommand[]
  /** What action.yml says where a workflow says nothing; an expression of GitHub's may stand here. */
  readonly default?: string
}

const MOVING = ['plan', 'check', 'apply'] as const satisfies readonly ActionCommand[]
const CARRYING = ['apply'] as const satisfies readonly ActionCommand[]

/** Every input; action.yml and docs/reference/action.md are made from this, and inputs.ts reads them by these names. */
export const INPUTS = {
  command: {description: `What to do: ${ACTION_COMMANDS.join(', ')}.`, default: 'plan'},
  config: {description: 'The sluice.yaml to use; without it, the one at the root of the workspace.'},
  environment: {description: 'Which environment, where the file has several.'},
  to: {of: MOVING, description: 'Where to bring services, over what the file says: SERVICE=VERSION, one a line.'},
  from: {of: MOVING, description: 'What to take services for, over what is known: SERVICE=VERSION, one a line.'},
  releases: {of: ['check'], description: 'What to ask about: SERVICE@VERSION, one a line.'},
  'plan-file': {
    of: ['plan', 'apply'],
    description: 'plan: where the plan is kept, sluice-plan.json without it. apply: the kept plan to carry out.',
  },
  page: {of: ['plan'], description: 'Also write the plan as a page for a browser to this file.'},
  comment: {
    of: ['plan', 'check'],
    description:
      'Whether to write the answer to the pull request, as one comment that is kept up to date: true or false.',
    default: 'true',
  },
  token: {
    of: ['plan', 'check'],
    description: 'For the comment; needs the permission pull-requests: write.',
    default: '${{ github.token }}',
  },
  rollout: {of: CARRYING, description: 'Go on with this rollout instead of beginning one: an id, or latest.'},
  reason: {of: CARRYING, description: 'Why, for the record. Without it, the workflow and its run.'},
  wait: {of: CARRYING, description: 'Wait for gates, instead of ending when one does not hold: true or false.'},
  waive: {of: CARRYING, description: 'Gates to go on without, one a line, as contract-unused:accounts-api@1, or all.'},
  'lock-wait': {
    of: CARRYING,
    description: 'How long to wait for somebody else to finish, as 10m. Not at all without it.',
  },
  'allow-local-state': {
    of: CARRYING,
    description: 'Carry out with a record on this disk, on a runner of your own that keeps it: true or false.',
  },
  services: {
    of: ['matrix', 'matrix plan'],
    description: 'Services to test, one a line; all that have a repository without it.',
  },
  cells: {
    of: ['matrix', 'matrix plan'],
    description: 'Cells to run, one a line, as master+latest; all four without it.',
  },
  timeout: {of: ['matrix'], description: 'For each command of a cell. 15m without it.'},
  'report-file': {
    of: ['matrix', 'matrix show'],
    description: 'Where the results are written as JSON. sluice-matrix.json without it.',
  },
  reports: {of: ['matrix show'], description: 'Files of results, or folders of them, to put together, one a line.'},
  logs: {of: ['usage'], description: 'Access logs to read first, one a line.'},
  since: {of: ['usage'], description: 'Only calls of the last so long, as 7d.'},
  contract: {of: ['usage'], description: 'Only this contract.'},
} as const satisfies Readonly<Record<string, InputFacts>>

export type InputName = keyof typeof INPUTS

/** Every output. */
export const OUTPUTS = {
  'exit-code': 'How the same command would end in a terminal: see docs/reference/exit-codes.md.',
  state:
    'planned, nothing-to-do, no-plan, admitted, not-admitted, passed, red, shown or failed; of apply the state of the rollout, as waiting or succeeded.',
  'has-steps': 'Whether the plan has steps: true or false.',
  steps: 'How many.',
  waves: 'In how many waves.',
  'plan-file': 'Where the plan was kept.',
  'page-file': 'Where the page was written.',
  'rollout-id': 'The rollout that was begun, or gone on with.',
  matrix: 'For strategy.matrix, through fromJSON: a service and a cell each.',
  'report-file': 'Where the results of the matrix were written.',
} as const satisfies Readonly<Record<string, string>>

export type OutputName = keyof typeof OUTPUTS

/** What a run tells the workflow. */
export type Outputs = Readonly<Partial<Record<OutputName, string | number | boolean>>>
