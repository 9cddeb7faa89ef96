import {ingestLogs, usage} from '../../app/usage.ts'
import {ok} from '../../core/base/result.ts'
import {cut} from '../../report/text/fitted.ts'
import {fencedText} from '../../report/text/markdown.ts'
import {usageText} from '../../report/usage/text.ts'
import type {Act} from '../job.ts'
import {LOG} from './shared.ts'

/** Reads logs where some are named, and shows who calls what. */
export const usageAct: Act = async ({inputs, where, group}) => {
  const read = inputs.logs.length === 0 ? ok(undefined) : await ingestLogs({...where, files: inputs.logs})
  if (!read.ok) return read
  const filter = inputs.contract === undefined ? {} : {contract: inputs.contract}
  const found = await usage({...where, filter, sinceMs: inputs.sinceMs})
  if (!found.ok) return found
  const text = usageText(found.value.used, LOG)
  await group('Usage', async line => line(text))
  return ok({
    exit: 0,
    said: 'usage is in the summary',
    outputs: {state: 'shown'},
    markdown: most => cut(`## Who calls what\n\n${fencedText(text)}\n`, most),
  })
}
