import {defineConfig} from 'vitest/config'

/** Two projects: `fast` needs nothing but Node; `real` starts processes, git, balancers and the built binary. */
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
          testTimeout: 30_000,
          disableConsoleIntercept: true,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          disableConsoleIntercept: true,
        },
      },
    ],
  },
})
