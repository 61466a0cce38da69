import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but npm; `peers` needs the reference emulators that `.ci/run` installs; `soak` runs rules over many seeds or
 * inputs, too long for `npm test`.
 */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{emulator,vmi,monitor,attacks,scenarios,report,campaign,peers,cli,tools,firmware}/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          exclude: ['test/peers/**', 'test/soak/**'],
        },
      },
      { extends: true, test: { name: 'peers', include: ['test/peers/**/*.test.ts'], testTimeout: 600_000 } },
      { extends: true, test: { name: 'soak', include: ['test/soak/**/*.test.ts'], testTimeout: 900_000 } },
    ],
  },
});
