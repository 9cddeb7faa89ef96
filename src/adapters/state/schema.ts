/** Marks the file as ours: "slui" in ASCII. */
export const APPLICATION_ID = 0x73_6c_75_69

/** Raised with every change of the tables; a file with another number is refused. */
export const SCHEMA_VERSION = 2

/** What two databases say differently. */
export interface Dialect {
  /** Text that is compared byte by byte. */
  readonly text: string
  /** 64 bits. */
  readonly whole: string
  /** What makes the database hold a column to its type, where it would not by itself. */
  readonly strict: string
}

export const SQLITE: Dialect = {text: 'TEXT', whole: 'INTEGER', strict: ' STRICT'}

/** Times are milliseconds since 1970; what has structure is JSON. */
export function schemaOf({text, whole, strict}: Dialect): string {
  return `
CREATE TABLE fence (
  environment ${text} NOT NULL PRIMARY KEY,
  last ${whole} NOT NULL
)${strict};

CREATE TABLE lease (
  environment ${text} NOT NULL,
  fence ${whole} NOT NULL,
  rollout ${text} NOT NULL,
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
