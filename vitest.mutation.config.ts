import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

type Files = Parameters<BaseSequencer['sort']>[0];

/** Properties last: most mutants are found by a table within milliseconds, and what follows is then not run. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: Files): Promise<Files> {
    const isLong = ({ moduleId }: Files[number]) => /(properties|regressions)\.test\.ts$/.test(moduleId);
    return files.toSorted((one, other) => Number(isLong(one)) - Number(isLong(other)));
  }
}

/** The tests that `npm run test:mutation` runs, each of which has to pass on its own code alone. */
export default defineConfig({
  test: {
    setupFiles: ['tools/settle-chance.mjs', 'tools/stop-at-first-failure.mjs'],
    include: ['packages/routing/src/plan/**/*.test.ts', 'services/controller/src/health/**/*.test.ts'],
    // They take seconds each, for every mutant that nothing else has found: hours in all. What they find besides is not in the score.
    exclude: ['services/controller/src/health/health.properties.test.ts', 'services/controller/src/health/story.test.ts'],
    sequence: { sequencer: QuickestFirst },
    isolate: false,
    testTimeout: 60_000,
  },
});
