import {defineConfig} from 'vitest/config'

/** Tests of real parts that share the one Docker engine of the run, so that no two of them may run at once. */
export const ENGINE = ['container', 'demo-docker', 'docker', 'docker-hosts', 'moves', 'nobody', 'swarm'].map(
  name => `test/**/${name}.real.test.ts`,
)

/**
 * Three projects, one after another: `fast` needs nothing but Node; `real` starts processes, git, balancers and the built
 * binary, two files side by side, since they wait more than they work; `engine` does so with the Docker engine.
 */
export default defineConfig({
  test: {
    globalSetup: ['test/support/built.ts', 'test/support/engine-run.ts'],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.real.test.ts'],
          pool: 'threads',
          isolate: false,
          testTimeout: 120_000,
          disableConsoleIntercept: true,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts'],
          // What is waited for may take long: the machine may be busy, or stand still for a moment.
          expect: {poll: {timeout: 60_000}},
          exclude: ENGINE,
          pool: 'forks',
          maxWorkers: 2,
          sequence: {groupOrder: 1},
          testTimeout: 120_000,
          hookTimeout: 120_000,
          disableConsoleIntercept: true,
        },
      },
      {
        test: {
          name: 'engine',
          include: ENGINE,
          pool: 'forks',
          fileParallelism: false,
          sequence: {groupOrder: 2},
          testTimeout: 120_000,
          hookTimeout: 120_000,
          disableConsoleIntercept: true,
        },
      },
    ],
  },
})
