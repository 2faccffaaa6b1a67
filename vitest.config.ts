import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

/** Only where `make e2e` prepared a cluster: these tests are not part of `vitest run`. */
const e2e: TestProjectConfiguration[] =
  process.env['E2E'] === undefined
    ? []
    : [
        {
          test: {
            name: 'e2e',
            include: ['test/e2e/**/*.e2e.test.ts'],
            globalSetup: ['test/e2e/global-setup.ts'],
            testTimeout: 120_000,
            hookTimeout: 120_000,
            // The files share one operator and, one after the other, the addresses of its AWS.
            fileParallelism: false,
          },
        },
      ];

// unit: no process but the test's own. cluster: a real API server, shared through global-setup. e2e: a real node.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{cluster,e2e}.test.ts'],
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/**/*.cluster.test.ts'],
          globalSetup: ['test/support/controlplane/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      ...e2e,
    ],
  },
});
