import {dirname, join} from 'node:path'
import type {Config} from '../core/config/config.ts'

/** Where Sluice keeps what is its own, beside `sluice.yaml`. */
export interface Places {
  /** The folder of `sluice.yaml`, where paths start and commands of the user's run. */
  readonly root: string
  /** The record of rollouts. */
  readonly state: string
  /** Mirrors and checkouts of repositories. */
  readonly git: string
  /** What runtime and balancer drivers of one environment keep. */
  readonly runtime: (environment: string) => string
  readonly balancer: (environment: string) => string
  /** Messages that webhooks have not taken yet. */
  readonly outbox: (environment: string) => string
}

export function placesOf({file}: Pick<Config, 'file'>): Places {
  const root = dirname(file)
  const own = join(root, '.sluice')
  return {
    root,
    state: join(own, 'state.db'),
    git: join(own, 'git'),
    runtime: environment => join(own, environment, 'runtime'),
    balancer: environment => join(own, environment, 'balancer'),
    outbox: environment => join(own, environment, 'outbox'),
  }
}
