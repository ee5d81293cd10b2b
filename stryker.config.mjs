/** Are the tests of what decides about traffic good enough to notice when it is wrong? `npm run test:mutation` changes it bit by bit. */
// biome-ignore lint/style/noDefaultExport: it is what Stryker reads.
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  mutate: ['packages/routing/src/plan/**/*.ts', 'services/controller/src/health/**/*.ts', '!**/*.test.ts', '!**/testing/**'],
  coverageAnalysis: 'perTest',
  // What runs once while a module loads (schemas, tables of words) would have to be tried with every test anew.
  ignoreStatic: true,
  concurrency: 2,
  // A property may take seconds on a busy machine; only a loop without an end takes longer.
  timeoutMS: 20_000,
  thresholds: { high: 90, low: 85, break: 85 },
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false },
  htmlReporter: { fileName: '.stryker/report.html' },
  jsonReporter: { fileName: '.stryker/report.json' },
  // Only what changed since the last run is tried again.
  incremental: true,
  incrementalFile: '.stryker/incremental.json',
  tempDirName: '.stryker/sandboxes',
  ignorePatterns: ['.stryker', '.signalbox', '.turbo', 'dist', 'bench'],
};
