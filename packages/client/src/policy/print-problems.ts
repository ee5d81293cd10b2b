import type { PolicyProblem } from '@signalbox/routing/policy';
import { formatExcerpt } from '../output/format-excerpt.ts';
import type { Output } from '../output/output.ts';

export type Severity = 'problem' | 'warning';
type PrintInput = { problems: readonly PolicyProblem[]; severity: Severity; source: string; output: Output };

/** A line for each, as editors and terminals make it a link; on a terminal with the line of the file and a caret. */
export function printProblems({ problems, severity, source, output }: PrintInput): void {
  for (const problem of problems) {
    output.print(formatProblem(problem, severity, output));
    const excerpt = output.columns === undefined ? undefined : formatExcerpt({ source, line: problem.line, column: problem.column });
    if (excerpt !== undefined) output.print(`${output.style('dim', excerpt)}\n`);
  }
}

function formatProblem({ file, line, column, path, message }: PolicyProblem, severity: Severity, output: Output): string {
  const place = output.style('bold', `${file}:${line}:${column}`);
  // A problem needs no word for it: a warning says that it is only one.
  const label = severity === 'warning' ? `${output.style('yellow', 'warning')} ` : '';
  return `${place} ${label}${path === '' ? '' : `${output.style('cyan', path)}: `}${message}`;
}
