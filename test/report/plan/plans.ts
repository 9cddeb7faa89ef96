import type {Plan, Step} from '../../../src/core/plan/plan.ts'

const release = (version: string, mode: string | null = null) => ({release: version, mode})

/** A step that stands alone; a test states what is different. */
export function step(id: string, wave: number, different: Partial<Step> = {}): Step {
  const service = id.replace(/-\d+$/, '')
  const plain = {
    action: 'deploy',
    from: release('1.0.0'),
    to: release('2.0.0'),
    after: [],
    gates: [],
    reversible: true,
    reasons: [],
  } as const
  return {id, wave, service, ...plain, ...different}
}

export function plan(steps: readonly Step[], different: Partial<Plan> = {}): Plan {
  return {
    sluicePlan: 1,
    system: 'shop',
    environment: 'production',
    fingerprint: 'sha256:0',
    optimal: true,
    steps,
    ...different,
  }
}

/** Client, server, switch, server without the old version: and a bystander, a gate and no way back. */
export const MIGRATION = plan(
  [
    step('billing-1', 1, {
      to: release('2.0.0', 'v1'),
      reasons: [
        {
          contract: 'accounts-api',
          with: 'accounts',
          text: 'accounts 2.0.0 needs clients that speak accounts-api 2.x, and billing 1.0.0 does not',
        },
      ],
    }),
    step('worker-1', 1, {from: null, to: release('1.1.0')}),
    step('accounts-1', 2, {
      from: release('1.4.0'),
      after: ['billing-1', 'worker-1'],
      reasons: [
        {contract: 'accounts-api', with: 'billing', text: 'billing 1.0.0 calls accounts-api ^1.2'},
        {with: 'worker', text: 'declared: worker goes first'},
      ],
    }),
    step('billing-2', 3, {
      action: 'switch',
      from: release('2.0.0', 'v1'),
      to: release('2.0.0', 'v2'),
      after: ['accounts-1'],
      reversible: false,
      reasons: [
        {
          contract: 'accounts-api',
          with: 'accounts',
          text: 'billing 2.0.0:v2 calls accounts-api ^2, and accounts 1.4.0 provides only 1.4.0',
        },
      ],
    }),
    step('accounts-2', 4, {
      from: release('2.0.0'),
      to: release('3.0.0'),
      after: ['billing-2'],
      gates: [{kind: 'contract-unused', contract: 'accounts-api', major: 1}],
      reasons: [
        {
          contract: 'accounts-api',
          with: 'billing',
          text: 'billing 2.0.0:v1 calls accounts-api ^1.2, which accounts 3.0.0 no longer provides; its mode has to change first',
        },
      ],
    }),
    step('legacy-1', 4, {to: null}),
  ],
  {excused: [{client: 'web', server: 'ledger', contract: 'ledger-api', reason: 'the old page is gone in May'}]},
)

/** Names that try to be markup, a colour and a new line. */
export const HOSTILE = plan([
  step('a"]-->x;<b>\u001b[31m|`@all\n-1', 1, {
    service: 'a"]-->x;<b>\u001b[31m|`@all\n',
    reasons: [{text: '**bold** | <img src=x>\n## no @team \u202e'}],
  }),
])
