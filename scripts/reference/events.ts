import type {Event} from '../../src/core/event/event.ts'
import {EVENT_VERSION} from '../../src/core/event/line.ts'

/** Every event in a sentence; a new one does not compile until it is here. */
const MEANING: Readonly<Record<Event['code'], string>> = {
  'rollout-begun': 'A plan is about to be carried out, by whom and why.',
  'rollout-resumed': 'Somebody goes on with a rollout that was left.',
  'rollout-rests': 'Nobody goes on for now (`paused`, `waiting`, `halted`); every step is where it is safe to stay.',
  'request-heard': 'What somebody asked from another shell has been heard; `refused` says why it is not done.',
  'orphan-found': 'A pool that no record explains is about to be taken away.',
  'orphan-removed': 'It is gone.',
  'rollout-aborting': 'No new step; what is under way is taken back, all traffic first.',
  'rollout-ended': 'The end: `succeeded`, `failed` or `aborted`.',
  'step-waiting': 'The turn of a step has come, and gates do not hold; `for` says what is awaited.',
  'gate-passed': 'A gate held, or was waived; `detail` says on what evidence, or by whom.',
  'step-started': 'Every gate holds, and `next` is about to be started.',
  'act-intended': 'Something is about to be done to the world. On disk before it is done.',
  'act-done': 'The effect of an act has been seen.',
  'hook-ended': 'A hook has ended, well or not, with the end of what it wrote; or somebody says that it has.',
  'bake-passed': 'A share was held long enough with every check holding; `measured` is what was counted.',
  'bake-unsure': 'A check has come to no verdict by its deadline; a person says how it goes on.',
  'taking-back': 'Decided for good: `next` gets no traffic any more.',
  'step-succeeded': 'The service is where the step brings it.',
  'step-rolled-back': 'The service is where it was before the step.',
  'step-halted': 'Nothing that may be done helps; everything is left as it is.',
  'instances-seen': 'How many instances of a starting pool are healthy.',
  'share-seen': 'The share asked and measured while it is held, and how much of the bake is over.',
  'check-answered': 'A check that asks somebody has heard an answer, or could not ask.',
  preparing: 'How far what a start needs has come, such as an image that is pulled.',
  'call-failed': 'A driver did not do what it was asked; it is asked again for a while.',
  'lock-awaited': 'Somebody else holds the environment, and we wait for them.',
}

/** docs/reference/events.md: everything that happens in a rollout. */
export function eventsPage(): string {
  return [
    '# Events',
    '',
    'Everything that happens in a rollout. `--events FILE` of `apply`, `rollout resume` and the other commands that carry a plan out',
    'adds each as a line of JSON (NDJSON) to a file, `--events -` writes them to standard output; webhooks send the same.',
    '',
    '```json',
    '{"v":1,"seq":12,"at":"2026-11-26T15:04:08.000Z","type":"act-done","rollout":"20261126t150400000z-a1b2c3","step":"accounts-1","act":{"do":"route","share":5}}',
    '```',
    '',
    '| key | meaning |',
    '|---|---|',
    `| \`v\` | the form of the lines: ${EVENT_VERSION}; raised when a key means something else than before. New keys and types may come at any time |`,
    '| `seq` | counts the events of this process from 1, without a gap; a process that goes on with a rollout begins again at 1 |',
    '| `at` | when, in UTC |',
    '| `type` | what happened: the table below |',
    '| `rollout` | which rollout |',
    '| `step` | which step of the plan, where it is about one |',
    '',
    'A line is written in one piece as it happens, so whatever was written stays when the process dies. Secrets are blanked out. A file that',
    'cannot be written to any more is told once, and the rollout goes on: the record is the journal, which keeps all but the last five types.',
    '`rollout show --json` has what matters of it for each step.',
    '',
    '| type | meaning |',
    '|---|---|',
    ...Object.entries(MEANING).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    '',
  ].join('\n')
}
