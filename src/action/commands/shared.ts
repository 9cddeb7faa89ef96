import type {Look} from '../../report/look.ts'

/** How long to look for a plan. */
export const TIME_LIMIT_MS = 10_000

/** The log of a job is read in a browser: wide, and without colours, so that it can be searched and copied. */
export const LOG: Look = {columns: 110, colour: false}
