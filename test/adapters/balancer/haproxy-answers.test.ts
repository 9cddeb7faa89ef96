import {describe, expect, it} from 'vitest'
import {complaintIn, readServersState, readStat} from '../../../src/adapters/balancer/haproxy/answers.ts'
import {poolOfName, recruit} from '../../../src/adapters/balancer/haproxy/servers.ts'
import {ableOf, epochOf} from '../../../src/adapters/balancer/haproxy/version.ts'

const STATE = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
3 be 1 slot1 127.0.0.1 0 5 1 1 1 1 0 0 8 0 0 0 - 1 - 0 0 - - 0
3 be 4 old1 127.0.0.1 2 0 100 100 1 1 0 2 0 0 0 0 - 21001 - 0 0 - - 0

`

describe('answers of the Runtime API', () => {
  it('reads servers by the names of the columns', () => {
    expect(readServersState(STATE)).toEqual([
      {name: 'slot1', address: '127.0.0.1:1', weight: 1, operational: 0, administrative: 5},
      {name: 'old1', address: '127.0.0.1:21001', weight: 100, operational: 2, administrative: 0},
    ])
  })

  it('reads nothing out of an error', () => {
    expect(readServersState("Can't find backend.\n\n")).toEqual([])
    expect(readStat('Permission denied\n\n')).toEqual([])
  })

  it('hears errors, and not notices', () => {
    expect(complaintIn('\n[3]: No such server.\n\n')).toBe('No such server.')
    expect(complaintIn('\n[6]: New server registered.\n\n\n[4]: no need to change the addr\n\n')).toBeUndefined()
    expect(complaintIn('Permission denied\n\n')).toBe('Permission denied')
  })
})

describe('servers for a pool', () => {
  const seen = {
    epoch: '1@1',
    able: ableOf('Version: 2.6.12-1+deb12u4\n'),
    algorithm: 'roundrobin',
    servers: readServersState(STATE).map(server => ({...server, stat: {}})),
  }
  const wanted = {backend: 'be', pool: '1.0.0', seen, dynamic: false, weighs: true}

  it('takes the server that has the address already', () => {
    const found = recruit(wanted, '127.0.0.1:21001', new Set())
    expect(found).toMatchObject({ok: true, value: {server: {name: 'old1', weight: 100, dynamic: false}}})
  })

  it('fills a slot, with weight 0', () => {
    const found = recruit(wanted, '127.0.0.1:4000', new Set())
    expect(found).toMatchObject({
      ok: true,
      value: {
        commands: [
          'set server be/slot1 addr 127.0.0.1 port 4000',
          'set server be/slot1 weight 0',
          'set server be/slot1 state ready',
        ],
      },
    })
  })

  it('says nothing of weights where a map shares out', () => {
    const byMap = {...wanted, weighs: false, dynamic: true}
    const commandsOf = (taken: readonly string[], address = '127.0.0.1:4000') => {
      const found = recruit(byMap, address, new Set(taken))
      return found.ok ? found.value.commands.join('\n') : found.failure.message
    }
    expect(commandsOf([])).toContain('slot1')
    for (const commands of [commandsOf([]), commandsOf(['slot1']), commandsOf([], '127.0.0.1:1')])
      expect(commands).not.toContain('weight')
  })

  it('refuses when there is no slot, and says what to change', () => {
    const none = recruit(wanted, '127.0.0.1:4000', new Set(['slot1']))
    expect(none).toMatchObject({
      ok: false,
      failure: {code: 'driver-unable', message: expect.stringContaining('no server slot left') as string},
    })
  })

  it('adds a server of its own whose name tells the pool', () => {
    const made = recruit({...wanted, pool: '2.0.0-rc.1+b~v_1', dynamic: true}, '127.0.0.1:4000', new Set(['slot1']))
    if (!made.ok) throw new Error('refused')
    expect(made.value.server.name).toMatch(/^[A-Za-z0-9_.:-]+$/)
    expect(poolOfName(made.value.server.name)).toBe('2.0.0-rc.1+b~v_1')
    expect(poolOfName('slot1')).toBeUndefined()
  })
})

/** `show info` begins so in each, with more fields from release to release. */
const infoOf = (version: string, more = '') =>
  `Name: HAProxy\nVersion: ${version}\nRelease_date: 2024/05/29\nNbthread: 2\nProcess_num: 1\nPid: 4711\nUptime: 0d 0h00m05s\nUptime_sec: 5\n${more}Start_time_sec: 1764180000\n`

describe('releases of HAProxy', () => {
  it.each([
    ['2.0.33', 'no'],
    ['2.2.9-2+deb11u6', 'no'],
    ['2.4.22-f8e3218', 'experiment'],
    ['2.5.14', 'experiment'],
    ['2.6.12-1+deb12u4', 'yes'],
    ['2.8.9-1842fd0', 'yes'],
    ['2.10.1', 'yes'],
    ['3.0.5-8e879a5', 'yes'],
    ['3.2-dev12', 'yes'],
  ])('%s makes servers at run time: %s', (version, addServer) => {
    expect(ableOf(infoOf(version))).toEqual({version, addServer})
  })

  it('are taken for new ones where they do not tell', () => {
    expect(ableOf('Name: HAProxy\n')).toEqual({version: 'of an unknown version', addServer: 'yes'})
  })

  it('are known again by process and start, whatever stands between', () => {
    expect(epochOf(infoOf('2.6.12'))).toBe('4711@1764180000')
    expect(epochOf(infoOf('3.0.5', 'Memmax_bytes: 0\nWarnings: 0\nBuild info: 3.0.5\n'))).toBe('4711@1764180000')
  })

  it('may tell more of a server than those before', () => {
    const more = STATE.replace('srv_agent_port\n', 'srv_agent_port srv_future\n').replaceAll(
      /- 0 0 - - 0$/gm,
      '- 0 0 - - 0 7',
    )
    expect(readServersState(more)).toEqual(readServersState(STATE))
  })

  const dynamic = (version: string) => {
    const servers = readServersState(STATE).map(server => ({...server, stat: {}}))
    const seen = {epoch: '1@1', able: ableOf(infoOf(version)), algorithm: 'roundrobin', servers}
    const taken = new Set(['slot1', 'old1'])
    return recruit({backend: 'be', pool: '1.0.0', seen, dynamic: true, weighs: true}, '127.0.0.1:4000', taken)
  }

  it('that call it an experiment are told that it is wanted, in the same line', () => {
    expect(dynamic('2.4.22')).toMatchObject({
      value: {
        commands: ['experimental-mode on', expect.stringMatching(/^add server/), expect.stringMatching(/ready$/)],
      },
    })
    expect(dynamic('3.0.5')).toMatchObject({
      value: {commands: [expect.stringMatching(/^add server/), expect.stringMatching(/ready$/)]},
    })
  })

  it('that cannot are not asked to', () => {
    expect(dynamic('2.2.9')).toMatchObject({
      ok: false,
      failure: {code: 'driver-unable', message: 'HAProxy 2.2.9 cannot add a server to back end "be" while it runs'},
    })
  })

  it.each([
    ['\n[3]: Absolute weight can only be between 0 and 256 inclusive.\n\n'],
    ["\n[3]: Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n\n"],
    ['\n[3]: Server still has connections attached to it, cannot remove it.\n\n'],
    ['\n[3]: Backend must use a dynamic load balancing to support dynamic servers.\n\n'],
  ])('complain alike, and are heard: %s', answer => {
    expect(complaintIn(answer)).toBe(answer.replace(/^\n\[3\]: /, '').trim())
  })
})
