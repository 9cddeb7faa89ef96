import {type Dialect, type Forms, withMoves} from '../../state/schema.ts'

/** What each form of the record of calls adds to the one before it; what stands here is never changed. */
export const CALL_FORMS: Forms = [first, withMoves]

/** What is in it, in an order in which what is referred to comes first. */
export const CALL_TABLES = {
  client: ['id', 'kind', 'name'],
  call: ['environment', 'contract', 'major', 'minor', 'client', 'hour', 'calls', 'errors', 'first', 'last'],
  source: ['environment', 'name', 'read', 'matched', 'unparsed', 'notices'],
  shown: ['environment', 'source', 'contract'],
  file: ['environment', 'digest', 'length', 'source', '"offset"'],
  cursor: ['environment', 'source', 'text'],
  stretch: ['environment', 'source', 'run', 'start', 'stop'],
  gap: ['environment', 'source', 'start', 'stop', 'reason'],
} as const

function first({text, whole, strict, key}: Dialect): string {
  return `
CREATE TABLE client (id ${whole} PRIMARY KEY, kind ${text} NOT NULL, name ${text} NOT NULL, UNIQUE (kind, name))${strict};

CREATE TABLE call (
  environment ${text} NOT NULL,
  contract ${text} NOT NULL,
  major ${whole} NOT NULL,
  minor ${whole} NOT NULL,
  client ${whole} NOT NULL REFERENCES client,
  hour ${whole} NOT NULL,
  calls ${whole} NOT NULL,
  errors ${whole} NOT NULL,
  first ${whole} NOT NULL,
  last ${whole} NOT NULL,
  PRIMARY KEY (environment, contract, major, minor, client, hour)
)${strict}${key};

CREATE TABLE source (
  environment ${text} NOT NULL,
  name ${text} NOT NULL,
  read ${whole} NOT NULL,
  matched ${whole} NOT NULL,
  unparsed ${whole} NOT NULL,
  notices ${whole} NOT NULL,
  PRIMARY KEY (environment, name)
)${strict};

CREATE TABLE shown (
  environment ${text} NOT NULL,
  source ${text} NOT NULL,
  contract ${text} NOT NULL,
  PRIMARY KEY (environment, source, contract)
)${strict}${key};

CREATE TABLE file (
  environment ${text} NOT NULL,
  digest ${text} NOT NULL,
  length ${whole} NOT NULL,
  source ${text} NOT NULL,
  "offset" ${whole} NOT NULL,
  PRIMARY KEY (environment, digest)
)${strict};

CREATE TABLE cursor (
  environment ${text} NOT NULL,
  source ${text} NOT NULL,
  text ${text} NOT NULL,
  PRIMARY KEY (environment, source)
)${strict};

CREATE TABLE stretch (
  environment ${text} NOT NULL,
  source ${text} NOT NULL,
  run ${text} NOT NULL,
  start ${whole} NOT NULL,
  stop ${whole} NOT NULL,
  PRIMARY KEY (environment, source, run)
)${strict};

CREATE TABLE gap (
  environment ${text} NOT NULL,
  source ${text} NOT NULL,
  start ${whole} NOT NULL,
  stop ${whole} NOT NULL,
  reason ${text} NOT NULL,
  PRIMARY KEY (environment, source, start, stop, reason)
)${strict};
`
}
