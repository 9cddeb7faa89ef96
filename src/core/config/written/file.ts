import {redact} from '../../base/redact.ts'
import {list} from '../shape/list.ts'
import {maybe, object} from '../shape/object.ts'
import {record} from '../shape/record.ts'
import {text} from '../shape/scalar.ts'
import {about, type Read, refuse, type Shape} from '../shape/shape.ts'
import {isDigits, shown} from '../yaml/raw.ts'
import {contract} from './contract.ts'
import {environment} from './environment.ts'
import {notification} from './notification.ts'
import {facts} from './release.ts'
import {service} from './service.ts'
import {usage} from './usage.ts'
import {CONTRACT_NAME, ENVIRONMENT_NAME, SERVICE_NAME, serviceName, systemName} from './values.ts'

/** The form of the file. */
const formVersion: Shape<1> = {
  json: () => ({const: 1}),
  read: (raw, at) =>
    isDigits(raw) && raw.digits === '1'
      ? 1
      : refuse(at, `the form ${shown(raw)} of this file is not known`, 'this release of sluice reads "sluice: 1"'),
}

/** Where a record is kept that several share. A wrong one is told without its password. */
const stateAddress: Shape<string> = {
  json: () => ({title: 'an address, postgres://user@host/database', type: 'string', pattern: STATE_ADDRESS.source}),
  read(raw, at) {
    const found = text('an address').read(raw, at)
    if (found === undefined || STATE_ADDRESS.test(found)) return found
    return refuse(
      at,
      `${JSON.stringify(redact(found, []))} is not where a record can be kept`,
      'write postgres://user@host/database, or leave it out for a file beside this one',
    )
  },
}

const STATE_ADDRESS = /^postgres(?:ql)?:\/\/\S+$/

/** All of `sluice.yaml`. */
export const file = object(
  {
    sluice: about('The form of this file: 1.', formVersion),
    system: about('Name of the services that are upgraded together.', systemName),
    state: maybe(
      about('Where rollouts are recorded: postgres://... Without it, in .sluice beside this file.', stateAddress),
    ),
    contracts: maybe(
      about('APIs between services. One that is not named here is tolerant.', record(CONTRACT_NAME, contract)),
    ),
    services: about('What is upgraded together.', record(SERVICE_NAME, service)),
    apart: maybe(
      about(
        'Of the services of one list, never two in one wave.',
        list(list(serviceName, 'services', 2), 'lists of services'),
      ),
    ),
    usage: maybe(about('How calls to contracts are counted.', usage)),
    notifications: maybe(
      about('Webhooks that are told what happens in rollouts.', list(notification, 'notifications')),
    ),
    environments: maybe(about('Places where the system runs.', record(ENVIRONMENT_NAME, environment))),
  },
  'a mapping with "sluice: 1", a system and its services',
)

export type WrittenFile = Read<typeof file>

/** All of `sluice.service.yaml`. */
export const manifest = object(
  {service: about('Name of the service, as in sluice.yaml.', serviceName), ...facts},
  'a mapping with "service" and what it provides and consumes',
)
