import type { Explanation } from '@signalbox/routing';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatCost, formatCount, formatShare, UNKNOWN } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import { wrapWords } from '../output/wrap-words.ts';
import type { Explained } from './explain-request.ts';
import { formatProblem } from './format-problem.ts';

type PrintInput = { explained: Explained; basis: string; output: Output; json?: boolean | undefined };

/** Where one request would go, and why not elsewhere. Fails when it would be refused, or when no target could take it. */
export function printExplanation({ explained, basis, output, json = false }: PrintInput): ExitCode {
  const isAnswerable = explained.kind === 'explained' && explained.explanation.targets.length > 0;
  if (json) output.print(JSON.stringify({ basis, ...explained }, null, 2));
  else if (explained.kind === 'refused') printRefusal(explained.problems.map(formatProblem), output);
  else printTargets(explained, { basis, output });
  return isAnswerable ? EXIT_CODE.ok : EXIT_CODE.failed;
}

function printRefusal(problems: readonly string[], output: Output): void {
  output.print(`${output.style('red', 'refused')}: the request is not valid, and no model would be asked`);
  for (const problem of problems) output.print(`  ${problem}`);
}

type Shown = Extract<Explained, { kind: 'explained' }>;

function printTargets({ explanation, asked, notes }: Shown, { basis, output }: { basis: string; output: Output }): void {
  const { targets, leftOut, nobodyProbability } = explanation;
  const wrapped = (text: string) => wrapWords(text, output.columns ?? Number.POSITIVE_INFINITY).join('\n');
  output.print(`${output.style('bold', `route ${explanation.route}`)}${describeWay(explanation, asked)}`);
  for (const line of describeRequest(explanation)) output.print(wrapped(line));
  output.print(`\n${targets.length > 0 ? targetTable(explanation, output) : output.style('red', 'No target can take this request.')}`);
  if (leftOut.length > 0) output.print(`\n${output.style('bold', 'left out')}\n${leftOutTable(leftOut, output)}`);
  const isUpToHealth = targets.length > 0 || leftOut.some(({ reason }) => reason === 'health');
  if (isUpToHealth && nobodyProbability > 0)
    output.print(
      wrapped(
        `\nIn ${formatShare(nobodyProbability)} of cases health holds everyone out: then the best is asked all the same, or the request waits.`,
      ),
    );
  for (const note of notes) output.note(`note: ${note}`);
  output.note(wrapped(`\n${basis}`));
}

function describeRequest({ strategy, orderedBy, sticky, estimatedInputTokens, maxOutputTokens }: Explanation): string[] {
  const hasKey = sticky?.hasKey ? ': this is the order that its value gets' : ', which the request does not have';
  return [
    `${strategy}: ${orderedBy}`,
    ...(sticky ? [`sticky by ${sticky.by}${hasKey}`] : []),
    `about ${formatCount(estimatedInputTokens)} tokens of input, at most ${formatCount(maxOutputTokens)} of output`,
  ];
}

function describeWay({ route, rule }: Explanation, asked: string): string {
  if (rule !== undefined) return `, by the rule ${rule} of route ${asked}`;
  return route === asked ? '' : `, from route ${asked}`;
}

const TARGET_COLUMNS: readonly Column[] = [
  { head: '', align: 'right' },
  { head: 'TARGET' },
  { head: 'FIRST', align: 'right' },
  { head: 'CLASS', dropOrder: 1 },
  { head: 'COST ≤', align: 'right' },
  { head: 'WHY', wraps: true },
];

function targetTable({ targets }: Explanation, { columns, style }: Output): string {
  const rows = targets.map(({ target, probability, class: name, degraded, estimatedCostUsd, words }, index) => [
    String(index + 1),
    target,
    probability > 0 ? formatShare(probability) : UNKNOWN,
    degraded ? `${name}, degraded` : name,
    formatCost(estimatedCostUsd),
    words,
  ]);
  return formatTable({ columns: TARGET_COLUMNS, rows, width: columns, styleHead: (head) => style('dim', head) });
}

function leftOutTable(leftOut: Explanation['leftOut'], { columns }: Output): string {
  const rows = leftOut.map(({ target, words }) => ['', target, words]);
  const [, ...lines] = formatTable({ columns: [{ head: '' }, { head: '' }, { head: '', wraps: true }], rows, width: columns }).split('\n');
  return lines.join('\n');
}
