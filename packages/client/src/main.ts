import type { Command } from 'commander';
import { watchForClosedOutput } from './closed-output.ts';
import { createProgram } from './create-program.ts';
import { EXIT_CODE } from './exit-code.ts';
import { reportError } from './report-error.ts';

watchForClosedOutput();

const program = createProgram();
exitOnWrongUse(program);
program.parseAsync().catch((error: unknown) => {
  const { message, exitCode } = reportError(error);
  console.error(`signalbox: ${message}`);
  process.exitCode = exitCode;
});

/** commander's own exit code is 1 for everything; to scripts, wrong use is not the same as failure. */
function exitOnWrongUse(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT_CODE.ok : EXIT_CODE.usage));
  for (const child of command.commands) exitOnWrongUse(child);
}
