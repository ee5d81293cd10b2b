import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { connectTo } from '../installation/connect-to.ts';
import { findPlace } from '../installation/place.ts';
import type { Output } from '../output/output.ts';
import { listReleases, rollbackTable } from '../releases/index.ts';
import { confirmer } from './confirm.ts';
import { describeRollback } from './describe-rollback.ts';
import { printOutcome, showProgress } from './print-outcome.ts';
import { whileWatching } from './while-watching.ts';

export type RollbackFlags = { to?: string; message?: string; yes?: boolean; stage?: string; stack?: string; json?: boolean };

/** Goes back to an earlier table of the installation that the options name. */
export async function rollBack({ options, output }: { options: RollbackFlags; output: Output }): Promise<ExitCode> {
  const { to, message, yes, json } = options;
  const installation = await connectTo(findPlace(options));
  const ask = confirmer({ yes, output });
  if (ask && !(await ask(`${describeRollback(await listReleases(installation), to)} on ${installation.name}?`))) {
    output.note('Nothing was changed.');
    return EXIT_CODE.failed;
  }
  const outcome = await whileWatching((signal) =>
    rollbackTable(installation, {
      ...(to !== undefined && { toVersion: to }),
      ...(message !== undefined && { description: message }),
      onProgress: showProgress(output),
      signal,
    }),
  );
  output.status('');
  return printOutcome({ outcome, output, json, isRollback: true });
}
