import type {OptionReader, Readers} from '../../options.ts'
import type {NginxSettings} from './driver.ts'

/** As it is written: all but the clock. */
export type WrittenNginx = Omit<NginxSettings, 'clock'>

const path: OptionReader<string> = {
  read: value => (typeof value === 'string' && value !== '' ? value : undefined),
  wants: 'a path',
}

const words: OptionReader<readonly string[]> = {
  read: value =>
    Array.isArray(value) && value.length > 0 && value.every(word => typeof word === 'string') ? value : undefined,
  wants: 'a list: program and arguments',
}

export const NGINX_OPTIONS: Readers<Required<WrittenNginx>> = {
  folder: path,
  sockets: path,
  test: words,
  reload: words,
  pidFile: path,
  splitBy: {
    read: value => (typeof value === 'string' && /^\$[\w${}]+$/.test(value) ? value : undefined),
    wants: 'variables of nginx: $http_x_user, $cookie_session, $remote_addr',
  },
}
