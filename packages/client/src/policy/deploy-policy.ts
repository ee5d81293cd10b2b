import type { RoutingTable } from '@signalbox/contracts';
import type { CompiledPolicy } from '@signalbox/routing/policy';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { RunningTable } from '../installation/read-running-table.ts';
import { formatAmount } from '../output/format-figures.ts';
import type { Output } from '../output/output.ts';
import type { ReleaseOutcome, ReleaseProgress } from '../releases/types.ts';
import { diffTables } from './diff-tables.ts';
import { printDiff } from './print-diff.ts';
import { printOutcome, showProgress } from './print-outcome.ts';
import { printProblems } from './print-problems.ts';
import type { PolicySource } from './read-policy-source.ts';

export type DeployPorts = {
  /** In words: the embedded stack, or stage prod in us-east-1. */
  installationName: string;
  readRunningTable: () => Promise<RunningTable | undefined>;
  deploy: (input: {
    table: RoutingTable;
    expectVersion: string | undefined;
    onProgress: (progress: ReleaseProgress) => void;
  }) => Promise<ReleaseOutcome>;
  /** Asks somebody at the terminal; undefined when nobody sits there or no question is wanted. */
  confirm: ((question: string) => Promise<boolean>) | undefined;
  output: Output;
};
type DeployInput = { source: PolicySource; compiled: CompiledPolicy; emergency?: boolean | undefined; json?: boolean | undefined };

/** Releases a policy: shows what it changes, asks, and follows it to its end. */
export async function deployPolicy(
  { source, compiled, emergency = false, json = false }: DeployInput,
  ports: DeployPorts,
): Promise<ExitCode> {
  const { output, installationName } = ports;
  const beside = { ...output, print: output.note };
  if (compiled.kind === 'invalid') {
    printProblems({ problems: compiled.problems, severity: 'problem', source: source.text, output: beside });
    output.note(`refused: ${source.file} has ${formatAmount(compiled.problems.length, 'problem')}; nothing was released`);
    return EXIT_CODE.failed;
  }
  printProblems({ problems: compiled.warnings, severity: 'warning', source: source.text, output: beside });
  const { table } = compiled;
  const running = await ports.readRunningTable();
  showChanges({ table, running, installationName }, json ? beside : output);
  const isNew = running?.table.version !== table.version;
  if (isNew && ports.confirm && !(await ports.confirm(questionOf(installationName, emergency)))) {
    output.note('Nothing was released.');
    return EXIT_CODE.failed;
  }
  const outcome = await ports.deploy({ table, expectVersion: running?.table.version, onProgress: showProgress(output) });
  output.status('');
  return printOutcome({ outcome, output, json });
}

type Shown = { table: RoutingTable; running: RunningTable | undefined; installationName: string };

function showChanges({ table, running, installationName }: Shown, output: Output): void {
  const diff = diffTables(running?.table, table);
  const against = running
    ? `against version ${running.table.version}, in force on ${installationName}`
    : `the first table of ${installationName}`;
  if (running?.table.version === table.version) return;
  output.print(`${output.style('bold', `version ${table.version}`)}, ${against}`);
  if (diff.changes.length === 0) output.print('  nothing that counts is different');
  printDiff(diff, table, output);
  output.print('');
}

function questionOf(installationName: string, emergency: boolean): string {
  return emergency
    ? `Release it to ${installationName}, everywhere at once and without a way back by alarms?`
    : `Release it to ${installationName}, in steps that alarms roll back?`;
}
