import { defineConfig } from 'vitest/config';
import { FaultsOrder } from './faults-order.ts';

/** The long tests: minutes of outage, kills at random moments. Run by `npm run test:faults` and by CI. */
export default defineConfig({
  test: {
    setupFiles: ['tools/settle-chance.mjs'],
    include: ['tests/**/*.long.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    // Most of their time they wait: two at a time halve it, and more would starve each other on two cores.
    maxWorkers: 2,
    sequence: { sequencer: FaultsOrder },
  },
});
