/** Marks the file as ours: "slui" in ASCII. */
export const APPLICATION_ID = 0x73_6c_75_69

/** Raised with every change of the tables; a file with another number is refused. */
export const SCHEMA_VERSION = 1

/** Times are milliseconds since 1970; what has structure is JSON. */
export const SCHEMA = `
CREATE TABLE fence (
  environment TEXT NOT NULL PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT;

CREATE TABLE lease (
  environment TEXT NOT NULL,
  fence INTEGER NOT NULL,
  owner TEXT NOT NULL,
  reason TEXT NOT NULL,
  moves TEXT NOT NULL,
  touches TEXT NOT NULL,
  since INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (environment, fence)
) STRICT;

CREATE TABLE rollout (
  environment TEXT NOT NULL,
  id TEXT NOT NULL,
  plan TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  PRIMARY KEY (environment, id)
) STRICT;

CREATE TABLE entry (
  environment TEXT NOT NULL,
  rollout TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (environment, rollout, seq),
  FOREIGN KEY (environment, rollout) REFERENCES rollout
) STRICT;

CREATE TABLE kept (
  environment TEXT NOT NULL,
  service TEXT NOT NULL,
  state TEXT,
  pool TEXT,
  since INTEGER NOT NULL,
  rollout TEXT NOT NULL,
  PRIMARY KEY (environment, service)
) STRICT;
`
