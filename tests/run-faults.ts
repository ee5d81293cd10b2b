import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** What is read of vitest's JSON report. */
type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly name: string; readonly status: 'passed' | 'failed' }[];
};

/**
 * Runs the long tests, two files at a time, which saves a third of the time. Their bounds are of the product on two cores of its own, so a file that
 * failed beside another is run again by itself, and that is the verdict; both are printed. A file that fails by itself fails the run.
 */
const first = runVitest(process.argv.slice(2));
const suspects = filesThatFailed(first);
if (suspects.length > 0) console.log(`\nFailed beside another, so run again by itself:\n  ${suspects.join('\n  ')}\n`);
const again = suspects.map((file) => runVitest([file, '--maxWorkers=1']));
const failedTwice = again.flatMap(filesThatFailed);
const failed = again.reduce((sum, { numFailedTests }) => sum + numFailedTests, 0);
// `.ci/run` counts what follows the word Verdict.
console.log(
  `\nVerdict: ${suspects.length} of ${first.testResults.length} files failed beside another, ${failedTwice.length} of them by themselves too`,
);
if (suspects.length > 0) console.log(`  Failed beside another: ${suspects.map((file) => basename(file)).join(', ')}`);
console.log(`  Tests  ${failed} failed | ${first.numPassedTests + first.numFailedTests - failed} passed`);
// Vitest's own code also tells of what belongs to no file: nothing found, an error that nobody caught.
process.exitCode = (suspects.length > 0 ? again : [first]).some(({ exitCode }) => exitCode !== 0) ? 1 : 0;

function filesThatFailed({ testResults }: Report): string[] {
  return testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/** Runs vitest with what it prints on the screen. Throws when it ended without a report. */
function runVitest(parameters: readonly string[]): Report & { readonly exitCode: number | null } {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-faults-'));
  const report = join(directory, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const { status } = spawnSync('vitest', ['run', '--config', 'tests/faults.config.ts', ...reporters, ...parameters], {
      stdio: 'inherit',
    });
    return { ...(JSON.parse(readFileSync(report, 'utf8')) as Report), exitCode: status };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
