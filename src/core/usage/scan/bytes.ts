/**
 * Numbers that the readers of bytes compare with. Each is a constant of its own, and in a file of its own, since the build
 * then writes the number itself where it is used; a field of an object costs a line a tenth of its time.
 */

export const SPACE = 32
export const QUOTE = 34
export const PERCENT = 37
export const PLUS = 43
export const COMMA = 44
export const MINUS = 45
export const DOT = 46
export const SLASH = 47
export const ZERO = 48
export const NINE = 57
export const COLON = 58
export const SEMICOLON = 59
export const QUESTION = 63
export const OPEN = 91
export const BACKSLASH = 92
export const CLOSE = 93
export const OPEN_BRACE = 123
export const BAR = 124
export const CLOSE_BRACE = 125
export const HASH = 35
export const NEWLINE = 10
export const RETURN = 13
export const FIVE = 53

/** The slots of a line's parts that the readers set and ask for themselves; see FIELD in fields.ts for all of them. */
export const TIME = 0
export const TARGET = 1
export const STATUS = 2
export const BACKEND = 3
export const AGENT = 10
export const ADDRESS = 11
export const RPC = 12
export const HEADER = 13
/** A run of bytes that holds several of the others; it is taken apart only when it is new. */
export const GROUP = 25

/** What a line turned out to be; see LINE in fields.ts. */
export const UNREADABLE = 0
export const REQUEST = 1
export const NOTICE = 2

/** Length of `06/Feb/2009:12:14:14.655`. */
export const DATE_LENGTH = 24
/** The shortest timers of HAProxy, ` 0/0/0/0/0`. */
export const LEAST_TIMERS = 10
/** The shortest of what HAProxy writes between the status and the captures, ` 0 - - ---- 0/0/0/0/0 0/0 `. */
export const LEAST_NUMBERS = 26
