import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{protocol,client,hub,bench,scripts}/**/test/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Only against tests that hang: how fast anything is, is not asked here.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    setupFiles: ['test/support/patient-waits.ts'],
    // The default reporter names every test of a file that has a slow one; only failures are worth that much text.
    slowTestThreshold: 30_000,
    pool: 'forks',
    isolate: true,
    // Much of the time goes by waiting for leases, timers and other processes: two processors carry three at once.
    maxWorkers: 3,
  },
});
