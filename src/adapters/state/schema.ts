/** Marks the file as ours: "slui" in ASCII. */
export const APPLICATION_ID = 0x73_6c_75_69

/** What two databases say differently. */
export interface Dialect {
  /** Text that is compared byte by byte. */
  readonly text: string
  /** 64 bits. */
  readonly whole: string
  /** What makes the database hold a column to its type, where it would not by itself. */
  readonly strict: string
  /** What is said of a table that is found by its key alone. */
  readonly key: string
}

export const SQLITE: Dialect = {text: 'TEXT', whole: 'INTEGER', strict: ' STRICT', key: ', WITHOUT ROWID'}
export const POSTGRES: Dialect = {text: 'TEXT COLLATE "C"', whole: 'BIGINT', strict: '', key: ''}

export type Forms = readonly ((dialect: Dialect) => string)[]

/**
 * What each form of the record adds to the one before it. A change of the tables is one more form at the end; what
 * stands here is never changed, since there are records that were made by it.
 */
export const FORMS: Forms = [first, withRequests, withMoves]

/** Times are milliseconds since 1970; what has structure is JSON. */
function first({text, whole, strict}: Dialect): string {
  return `
CREATE TABLE fence (
  environment ${text} NOT NULL PRIMARY KEY,
  last ${whole} NOT NULL
)${strict};

CREATE TABLE lease (
  environment ${text} NOT NULL,
  fence ${whole} NOT NULL,
  owner ${text} NOT NULL,
  reason ${text} NOT NULL,
  moves ${text} NOT NULL,
  touches ${text} NOT NULL,
  since ${whole} NOT NULL,
  expires_at ${whole} NOT NULL,
  PRIMARY KEY (environment, fence)
)${strict};

CREATE TABLE rollout (
  environment ${text} NOT NULL,
  id ${text} NOT NULL,
  plan ${text} NOT NULL,
  started_at ${whole} NOT NULL,
  PRIMARY KEY (environment, id)
)${strict};

CREATE TABLE entry (
  environment ${text} NOT NULL,
  rollout ${text} NOT NULL,
  seq ${whole} NOT NULL,
  at ${whole} NOT NULL,
  fence ${whole} NOT NULL,
  record ${text} NOT NULL,
  PRIMARY KEY (environment, rollout, seq),
  FOREIGN KEY (environment, rollout) REFERENCES rollout
)${strict};

CREATE TABLE kept (
  environment ${text} NOT NULL,
  service ${text} NOT NULL,
  state ${text},
  pool ${text},
  since ${whole} NOT NULL,
  rollout ${text} NOT NULL,
  PRIMARY KEY (environment, service)
)${strict};
`
}

/** Other shells may ask for something, of the rollout that a lease is held for. */
function withRequests({text, whole, strict}: Dialect): string {
  return `
ALTER TABLE lease ADD COLUMN rollout ${text} NOT NULL DEFAULT '';

CREATE TABLE request (
  environment ${text} NOT NULL,
  rollout ${text} NOT NULL,
  seq ${whole} NOT NULL,
  id ${text} NOT NULL,
  request ${text} NOT NULL,
  PRIMARY KEY (environment, rollout, seq),
  UNIQUE (environment, rollout, id),
  FOREIGN KEY (environment, rollout) REFERENCES rollout
)${strict};
`
}

/** A record that was moved says where to; the record of calls is moved in the same way. */
export function withMoves({text, whole, strict}: Dialect): string {
  return `
CREATE TABLE moved (
  place ${text} NOT NULL,
  at ${whole} NOT NULL
)${strict};
`
}
