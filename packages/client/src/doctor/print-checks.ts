import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatAmount } from '../output/format-figures.ts';
import type { Format, Output } from '../output/output.ts';
import { wrapWords } from '../output/wrap-words.ts';
import type { CheckResult, Finding, FindingStatus } from './finding.ts';

const FORMATS: Readonly<Record<FindingStatus, Format>> = { ok: 'green', warn: 'yellow', fail: 'red', skipped: 'dim' };

/** A line for each finding, under it what to do, and at the end how it stands. */
export function printChecks(
  checks: readonly CheckResult[],
  { output, json = false }: { output: Output; json?: boolean | undefined },
): ExitCode {
  const count = (status: FindingStatus) => checks.flatMap(({ findings }) => findings).filter((finding) => finding.status === status).length;
  const isOk = count('fail') === 0;
  if (json) output.print(JSON.stringify({ ok: isOk, checks }, null, 2));
  else {
    for (const { check, findings } of checks) for (const finding of findings) printFinding(check, finding, output);
    output.print(`\n${summarize({ failed: count('fail'), warned: count('warn'), skipped: count('skipped'), output })}`);
  }
  return isOk ? EXIT_CODE.ok : EXIT_CODE.failed;
}

function printFinding(check: string, { status, found, advice }: Finding, { style, print, columns }: Output): void {
  const indent = ' '.repeat(WIDTHS.status + WIDTHS.check);
  const wrapped = (text: string) => wrapWords(text, (columns ?? Number.POSITIVE_INFINITY) - indent.length).join(`\n${indent}`);
  print(`${style(FORMATS[status], status.padEnd(WIDTHS.status))}${check.padEnd(WIDTHS.check)}${wrapped(found)}`);
  if (advice !== undefined) print(`${indent}${style('bold', wrapped(`→ ${advice}`))}`);
}

const WIDTHS = { status: 9, check: 15 };

function summarize({ failed, warned, skipped, output }: { failed: number; warned: number; skipped: number; output: Output }): string {
  const notes = [...(warned > 0 ? [formatAmount(warned, 'warning')] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  const more = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  if (failed > 0) return `${output.style('red', formatAmount(failed, 'failure'))}${more}`;
  return `${output.style('green', 'All is well')}${more}`;
}
