import { defineConfig } from 'vitest/config';
import { FaultsOrder } from './faults-order.ts';

/** A release is watched by an alarm on waiting, which the load of other tests would set off: this one runs by itself. */
const ALONE = ['tests/e2e/rollback.long.test.ts'];
/** Nine troubles and six of the controller itself: `npm test` has the story of one outage, and the simulator has all of them. */
const HEALTH = ['tests/e2e/health-*.long.test.ts'];

/** The long tests: minutes of outage, kills at random moments. Run by `npm run test:faults`; CI runs only those that kill. */
export default defineConfig({
  test: {
    setupFiles: ['tools/settle-chance.mjs'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    sequence: { sequencer: FaultsOrder },
    projects: [
      { extends: true, test: { name: 'health', include: HEALTH, maxWorkers: 2, sequence: { groupOrder: 3 } } },
      { extends: true, test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } } },
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['tests/**/*.long.test.ts'],
          exclude: [...ALONE, ...HEALTH],
          // Most of their time they wait: two at a time halve it, and more would starve each other on two cores.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
