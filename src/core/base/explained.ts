import type {FailureCode} from './failure.ts'

/** What a person should know of one kind of failure, beyond the one line that it came with. */
export interface Explanation {
  /** What happened, in a sentence. */
  readonly title: string
  /** How it comes about. */
  readonly causes: readonly string[]
  /** What to do about it, the likeliest first. */
  readonly cures: readonly string[]
}

/** Every code, explained: `sluice explain CODE` and docs/reference/errors.md are made from this. */
export const EXPLAINED: {readonly [C in FailureCode]: Explanation} = {
  usage: {
    title: 'The call itself is wrong; nothing was looked at and nothing was done.',
    causes: [
      'A flag or an argument that the command does not have, or that is missing.',
      'A value in a form that is not understood, as a duration without its unit.',
      'A question to a person where nobody is there to answer: in CI, behind a pipe, with `--json`.',
    ],
    cures: [
      'Read the hint below the message: it names the nearest flag, or the form that is wanted.',
      '`sluice COMMAND --help` lists every flag, with examples that work.',
      'Without a terminal, say beforehand what would be asked: `--yes`, `--env NAME`.',
    ],
  },
  'config-invalid': {
    title: '`sluice.yaml`, or the manifest of a release, says something that cannot be meant.',
    causes: [
      'A key that there is not, often a slip of the hand.',
      'A value of another kind: `1.0` instead of the version `1.0.0`, a number in quotes.',
      'A name that is used and declared nowhere: a service, a contract, a release.',
      'In a manifest: facts that contradict `sluice.yaml` or another release.',
    ],
    cures: [
      'Go through the list: every problem is there at once, with its file, line and column.',
      '`sluice validate` shows the list again without doing anything else.',
      'Let the editor help: a first line `# yaml-language-server: $schema=...` completes keys and marks slips. `sluice init` writes it.',
      'A manifest is read from the tag. After a correction, tag anew; the old release stays as it was.',
    ],
  },
  'config-missing': {
    title: 'There is no `sluice.yaml` here or in a folder above.',
    causes: [
      'The command was started outside of the folder of the system.',
      '`--config` names a file or a folder that is not there.',
    ],
    cures: [
      'Go to the folder with `sluice.yaml`, or name it: `--config deploy/sluice.yaml`.',
      'There is none yet? `sluice init` writes one from a compose file, from repositories, or by asking.',
    ],
  },
  'plan-invalid': {
    title: 'The plan file cannot be read, or is not a plan that can be trusted.',
    causes: [
      'The file is not there, or is not what `sluice plan --out` wrote.',
      'It was written with `--format markdown`, `html` or another one that people read.',
      'It was changed by hand, and is no longer safe by the check that is made once more.',
    ],
    cures: ['Plan again: `sluice plan --out plan.json`. Only the JSON form can be carried out.'],
  },
  'not-found': {
    title: 'A name that neither the files nor the record know.',
    causes: [
      'A slip in the name of a service, an environment, a release or a rollout.',
      'A release that is recorded as running, and whose tag or entry has been removed since.',
      'The record is beside another `sluice.yaml`: rollouts are kept by file.',
    ],
    cures: [
      'Take the name that the hint suggests; `sluice graph` and `sluice rollout list` show what there is.',
      'Bring the tag or the entry of a release back as long as it runs: what nobody describes cannot be moved safely.',
    ],
  },
  'no-safe-plan': {
    title: 'There is no order of these releases in which every client can talk to every server at every instant.',
    causes: [
      'A new server drops a contract version that a client, which stays as it is, still calls.',
      'Client and server both change to a version that the other one’s old release does not speak: a bridge is missing.',
      'A required stop (`upgradesFrom`) that no safe order can reach, or an irreversible state that bars the way.',
      'What runs now clashes already: then no order is safe from here.',
    ],
    cures: [
      'Read `what would help` below the conflict: it names a further service to move, or the release that is missing.',
      'Move the neighbour along: `--to NEIGHBOUR=VERSION`, or `target` in `sluice.yaml`.',
      'Release a bridge that speaks both versions; plan again with it. This is the usual way to a new major version.',
      'If a pair is known to be harmless, say so with a reason under `excuse`; it is then shown and not checked.',
    ],
  },
  'not-admitted': {
    title: 'This release may not go into the environment as things stand.',
    causes: [
      'It calls something that nobody there provides yet, or drops what somebody there still calls.',
      'Its `upgradesFrom` does not admit the release that runs.',
    ],
    cures: [
      'Bring in first what is listed as `first`, in that order; then ask again.',
      'Plan both together: `sluice plan --to THIS=VERSION --to OTHER=VERSION` finds the order.',
    ],
  },
  waiting: {
    title: 'The rollout stands where it is safe, and waits: for a gate, an approval, or a person who paused it.',
    causes: [
      'A gate does not hold yet: somebody still calls an old contract version, or nobody can tell.',
      'An approval that nobody has given.',
      'A pause, by the first Ctrl-C or by a command.',
    ],
    cures: [
      '`sluice rollout show latest` says what is awaited; `sluice usage` says who still calls.',
      '`sluice rollout resume` goes on once it holds; with `--wait` it stays and looks again by itself.',
      '`--waive GATE --reason "..."` goes on without it. That is recorded, with the reason.',
    ],
  },
  locked: {
    title: 'Somebody else holds this environment; one rollout at a time is carried out there.',
    causes: [
      'Another rollout is under way. The message says whose, since when, and on which machine.',
      'Its holder has died or was stopped, and its right to act has not run out yet.',
    ],
    cures: [
      'Wait for it: `--lock-wait 10m`.',
      'If its holder is gone, the right runs out by itself within a minute; then `sluice rollout resume` goes on.',
      'A process that was only stopped (state T in `ps`) can do nothing once somebody else has taken over.',
    ],
  },
  'plan-stale': {
    title: 'What runs, or what releases say of themselves, is no longer what the plan was made for.',
    causes: [
      'Somebody has moved a service since.',
      'A tag was moved, or facts in `sluice.yaml` or a manifest have changed.',
    ],
    cures: [
      'Look at the difference in the message, and plan again: `sluice plan --out plan.json`.',
      'In CI, plan and apply in one run, or let nothing else move the environment between the two.',
    ],
  },
  halted: {
    title: 'The rollout has stopped, and a person must look before anything goes on.',
    causes: [
      'A step could not be brought to its end nor taken back, since a driver does not do what it is asked.',
      'What is seen contradicts what was asked: somebody or something else changes weights or instances.',
    ],
    cures: [
      '`sluice status` shows what is really there; the message says what was tried.',
      'Mend what is broken: start the balancer, free the disk, stop what interferes. Then `sluice rollout resume`.',
      'Traffic stays where it was last seen to be safe in the meantime; there is no hurry to guess.',
    ],
  },
  'rollout-failed': {
    title: 'A step failed and was taken back; what was done before stands, and is safe.',
    causes: [
      'The new release did not become healthy in time, or failed its checks while it had a share of the traffic.',
    ],
    cures: [
      '`sluice rollout show latest` says which check of which step failed, at which share.',
      'Correct the release, tag a new one, and plan again. Nothing has to be cleaned up.',
      'A check that is too strict for the traffic there is? `rollout.checks` and `rollout.bake` in `sluice.yaml`.',
    ],
  },
  aborted: {
    title: 'Somebody wanted what was under way taken back; what was done before stands, and is safe.',
    causes: ['`sluice rollout abort`, or a second Ctrl-C.'],
    cures: [
      '`sluice rollout show latest` says who and why.',
      '`sluice rollout retry` goes on with it; `sluice apply` plans anew from what runs.',
    ],
  },
  'driver-unable': {
    title: 'A driver cannot do what the rollout would ask of it; nothing was started.',
    causes: [
      'Shares of traffic through a balancer that cannot weight, or counters that it does not have.',
      'A service that has no `run` or `route` and needs one here.',
      'An option of the driver that is missing or wrong.',
    ],
    cures: [
      'The page of the driver in docs/drivers/ says what it can do and what it needs.',
      'Choose steps that it can do (`rollout.steps: [100]`), or another driver for this environment.',
    ],
  },
  'repository-failed': {
    title: 'A git repository cannot be read, or a tag is not there.',
    causes: [
      'The path or the address under `repo` is wrong, or wants a login. Nobody is ever asked for one.',
      'The tag of a release is not pushed, or is named differently from `tag`.',
      'A shallow clone without tags, as CI makes them by default.',
    ],
    cures: [
      'Try `git ls-remote ADDRESS`: what git can read without asking, Sluice can.',
      'In GitHub Actions, check out with `fetch-depth: 0`, so that the tags are there.',
      'Set `tag` to how releases are tagged: `v{version}` unless it says otherwise.',
    ],
  },
  'runtime-failed': {
    title: 'What starts and stops instances did not do it.',
    causes: [
      'The program ends at once, or its command is not there in the release’s checkout.',
      'It never answers its health check: another port than PORT, or another path.',
      'Docker, or whatever runs the instances, cannot be reached.',
    ],
    cures: [
      'Read the last lines of the instance’s log; the message names the file or shows them.',
      'Start the command by hand with `PORT=8080` set, and ask for its health path.',
      'Look at the driver’s page in docs/drivers/ for what it needs.',
    ],
  },
  'balancer-failed': {
    title: 'The load balancer did not do what it was asked, or cannot be reached.',
    causes: [
      'Its socket or address is wrong, not there, or belongs to somebody else.',
      'The back end that `route.backend` names is not in its configuration.',
      'It refuses the change: an algorithm without weights, no free server slots.',
    ],
    cures: [
      'The driver’s page in docs/drivers/ shows the lines that the balancer’s configuration needs.',
      'Ask it by hand, as the page shows; then `sluice rollout resume` or plan again.',
    ],
  },
  'state-failed': {
    title: 'The record of rollouts cannot be read or written. Without it nothing is acted on.',
    causes: [
      'The disk is full, read-only or damaged, or the folder belongs to somebody else.',
      'The database that `state` names cannot be reached, or refuses the login.',
    ],
    cures: [
      'The hint says what the database or the disk reports; make room, or correct owner and address.',
      'Then `sluice rollout resume`: what was recorded before is still there.',
    ],
  },
  bug: {
    title: 'A mistake of ours: Sluice met something that it takes for impossible.',
    causes: ['A fault in Sluice, or a file or a system of a kind that nobody has tried.'],
    cures: [
      'Run it again with `SLUICE_DEBUG=1` and report what it prints, with `sluice --version`.',
      'A rollout that was under way is recorded: `sluice rollout resume` goes on from what is really there.',
    ],
  },
}
