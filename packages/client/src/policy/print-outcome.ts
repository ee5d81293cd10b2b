import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import type { ReleaseOutcome, ReleaseProgress, ReleaseState } from '../releases/types.ts';

type OutcomeInput = {
  outcome: ReleaseOutcome;
  output: Output;
  json?: boolean | undefined /** True when going back is what was asked for. */;
  isRollback?: boolean;
};

/** What a release came to, and what a script should make of it. */
export function printOutcome({ outcome, output, json = false, isRollback = false }: OutcomeInput): ExitCode {
  if (json) output.print(JSON.stringify(outcome, null, 2));
  else output.print(describe(outcome, { output, isRollback }));
  if (!json && 'notes' in outcome) for (const note of outcome.notes) output.note(note);
  return outcome.kind === 'rolled-back' && !isRollback ? EXIT_CODE.failed : EXIT_CODE.ok;
}

function describe(outcome: ReleaseOutcome, { output, isRollback }: { output: Output; isRollback: boolean }): string {
  switch (outcome.kind) {
    case 'unchanged':
      return `${output.style('green', 'unchanged')}: version ${outcome.tableVersion} is in force already`;
    case 'released':
      return `${output.style('green', 'released')}: version ${outcome.tableVersion} is in force everywhere (release ${outcome.number}${outcome.previousTableVersion ? `, before it ${outcome.previousTableVersion}` : ''})`;
    case 'rolled-back': {
      const { tableVersion, inForce, number, because } = outcome;
      const mark = output.style(isRollback ? 'green' : 'red', 'rolled back');
      return `${mark}: release ${number} of version ${tableVersion}, ${because}; ${inForce ? `version ${inForce}` : 'no table'} is in force`;
    }
    case 'under-way':
      return `${output.style('yellow', 'under way')}: release ${outcome.number} of version ${outcome.tableVersion}, ${IN_WORDS[outcome.state]} at ${outcome.percentage} %`;
  }
}

export const IN_WORDS: Readonly<Record<ReleaseState, string>> = {
  VALIDATING: 'being validated',
  DEPLOYING: 'rolling out',
  BAKING: 'everywhere, watched by alarms',
  COMPLETE: 'complete',
  ROLLING_BACK: 'going back',
  ROLLED_BACK: 'rolled back',
  REVERTED: 'taken back',
};

const BAR_WIDTH = 20;

/** Follows a release on the status line: one that is rewritten on a terminal, a line for each step in a pipe. */
export function showProgress(output: Output): (progress: ReleaseProgress) => void {
  return ({ number, state, percentage }) => {
    const filled = Math.round((percentage / 100) * BAR_WIDTH);
    const bar = output.columns === undefined ? '' : ` [${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`;
    output.status(`release ${number}${bar} ${percentage} % ${IN_WORDS[state]}`);
  };
}
