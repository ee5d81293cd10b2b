import type { CompiledPolicy } from '@signalbox/routing/policy';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatAmount, formatCount } from '../output/format-figures.ts';
import type { Output } from '../output/output.ts';
import { UsageError } from '../usage-error.ts';
import { printProblems } from './print-problems.ts';
import type { PolicySource } from './read-policy-source.ts';

type CompileInput = {
  source: PolicySource;
  compiled: CompiledPolicy;
  out?: string | undefined;
  output: Output;
  writeFile: (path: string, text: string) => void;
};

/** Writes the routing table that a policy makes. What there is to say about it goes beside the table, never into it. */
export function compilePolicyFile({ source, compiled, out, output, writeFile }: CompileInput): ExitCode {
  const beside = { ...output, print: output.note };
  if (compiled.kind === 'invalid') {
    printProblems({ problems: compiled.problems, severity: 'problem', source: source.text, output: beside });
    output.note(`failed: ${source.file} has ${formatAmount(compiled.problems.length, 'problem')}; nothing was written`);
    return EXIT_CODE.failed;
  }
  printProblems({ problems: compiled.warnings, severity: 'warning', source: source.text, output: beside });
  const text = JSON.stringify(compiled.table, null, 2);
  if (out === undefined) output.print(text);
  else writeTable(out, `${text}\n`, writeFile);
  // As it is released: without the spaces.
  const bytes = Buffer.byteLength(JSON.stringify(compiled.table));
  output.note(`${out === undefined ? '' : `${out}: `}version ${compiled.table.version}, ${formatCount(bytes)} bytes when released`);
  return EXIT_CODE.ok;
}

function writeTable(file: string, text: string, writeFile: CompileInput['writeFile']): void {
  try {
    writeFile(file, text);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
}
