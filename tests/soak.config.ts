import { defineConfig } from 'vitest/config';

/** Tests that keep the machine busy for minutes; run by `npm run test:soak`, alone. */
export default defineConfig({
  test: {
    setupFiles: ['tools/settle-chance.mjs'],
    include: ['tests/**/*.soak.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
