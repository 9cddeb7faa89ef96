import {maybe, object} from '../shape/object.ts'
import {record} from '../shape/record.ts'
import {yesOrNo} from '../shape/scalar.ts'
import {about, mapped, type Read, type Shape} from '../shape/shape.ts'
import {either} from '../shape/either.ts'
import type {UpgradesFrom} from '../facts.ts'
import {run} from './run.ts'
import {CONTRACT_NAME, MODE_NAME, modeName, range, ranges} from './values.ts'

/** What one release, or one mode of it, says on contracts. */
const speech = {
  provides: maybe(about('Contracts that are served: a version, a range, or several.', record(CONTRACT_NAME, ranges))),
  consumes: maybe(
    about('Contracts that are called, each with the range that is understood.', record(CONTRACT_NAME, range)),
  ),
  irreversible: maybe(about('Once here, there is no way back.', yesOrNo())),
}

const upgradesFrom: Shape<UpgradesFrom> = about(
  'From which releases this one may be reached: a range, or a range and the mode they must be in.',
  either<UpgradesFrom>(
    {
      text: mapped(range, release => ({release})),
      map: object(
        {release: about('The releases.', range), mode: maybe(about('The mode they must be in.', modeName))},
        'a release and a mode',
      ),
    },
    'a range, or a release and a mode',
  ),
)

const mode = object(speech, 'a mode, with what it provides and consumes')

/** The facts of one release, in `sluice.yaml` and in a manifest alike. */
export const facts = {
  ...speech,
  upgradesFrom: maybe(upgradesFrom),
  modes: maybe(
    about(
      'Settings that change what the release speaks, in the order in which they are passed through.',
      record(MODE_NAME, mode),
    ),
  ),
}

/** One entry of `releases`. */
export const release = object(
  {...facts, run: maybe(about('How this release is run where it differs.', run))},
  'a release',
)

export type WrittenRelease = Read<typeof release>
export type WrittenSpeech = Read<typeof mode>
