import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatAmount, formatCost, formatCount, formatShare, UNKNOWN } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import { wrapWords } from '../output/wrap-words.ts';
import type { RefusedLine, TargetTraffic, Traffic } from './summarize-traffic.ts';

type PrintInput = { traffic: Traffic; basis: string; output: Output; json?: boolean | undefined };

const COLUMNS: readonly Column[] = [
  { head: 'ROUTE' },
  { head: 'TARGET' },
  { head: 'REQUESTS', align: 'right' },
  { head: 'SHARE', align: 'right' },
  { head: 'COST ≤', align: 'right' },
  { head: 'PER REQUEST', align: 'right', dropOrder: 1 },
];
/** More than that are counted, not shown; JSON has them all. */
const SHOWN_REASONS = 20;
const SHOWN_LINES = 8;

/** Where many requests would go. Fails when some of them would be refused or could be taken by nobody. */
export function printTraffic({ traffic, basis, output, json = false }: PrintInput): ExitCode {
  const { targets, refused, unservable, requests, answerable } = traffic;
  if (json) output.print(JSON.stringify({ basis, ...traffic }, null, 2));
  else {
    if (targets.length > 0) output.print(trafficTable(traffic, output));
    printLines('refused: not valid, no model would be asked', refused, output);
    printLines('that no target can take', unservable, output);
    const note = (text: string) => output.note(wrapWords(text, output.columns ?? Number.POSITIVE_INFINITY).join('\n'));
    output.note('');
    note(`${formatAmount(requests, 'request')}, ${formatCount(answerable)} of them answerable. ${basis}`);
    if (targets.length > 0) note('Each request at its first choice, with all of its output used; what is drawn is counted by its chance.');
    if (targets.some(({ unpricedRequests }) => unpricedRequests > 0)) output.note(`${UNKNOWN} or +: the price of some is not known.`);
  }
  return refused.length + unservable.length === 0 ? EXIT_CODE.ok : EXIT_CODE.failed;
}

function trafficTable({ targets, answerable }: Traffic, { columns, style }: Output): string {
  const total = { costUsd: sum(targets, 'costUsd'), unpricedRequests: sum(targets, 'unpricedRequests'), requests: answerable };
  const rows = targets.map((one) => [one.route, one.target, formatRequests(one.requests), formatShare(one.share), ...costsOf(one)]);
  const last = ['all', '', formatRequests(answerable), formatShare(1), ...costsOf(total)];
  return formatTable({
    columns: COLUMNS,
    rows: [...rows, last.map((cell) => style('bold', cell))],
    width: columns,
    styleHead: (head) => style('dim', head),
  });
}

/** Expected numbers are seldom whole. */
function formatRequests(requests: number): string {
  return requests.toLocaleString('en-US', { maximumFractionDigits: requests < 10 ? 2 : 0 });
}

function costsOf({
  costUsd,
  unpricedRequests,
  requests,
}: Pick<TargetTraffic, 'costUsd' | 'unpricedRequests' | 'requests'>): [string, string] {
  const priced = requests - unpricedRequests;
  if (priced <= 0) return [UNKNOWN, UNKNOWN];
  return [`${formatCost(costUsd)}${unpricedRequests > 0 ? '+' : ''}`, formatCost(costUsd / priced)];
}

function sum(targets: readonly TargetTraffic[], field: 'costUsd' | 'unpricedRequests'): number {
  return targets.reduce((total, one) => total + one[field], 0);
}

function printLines(title: string, lines: readonly RefusedLine[], output: Output): void {
  if (lines.length === 0) return;
  output.print(`\n${output.style('red', `${formatAmount(lines.length, 'request')} ${title}`)}`);
  const byReason = Map.groupBy(lines, ({ problems }) => problems.join('; '));
  for (const [reason, same] of [...byReason].slice(0, SHOWN_REASONS)) {
    const text = `${describeLines(same)}: ${reason}`;
    output.print(`  ${wrapWords(text, (output.columns ?? Number.POSITIVE_INFINITY) - 4).join('\n    ')}`);
  }
  if (byReason.size > SHOWN_REASONS)
    output.print(`  and ${formatAmount(byReason.size - SHOWN_REASONS, 'more reason')}; --json has them all`);
}

/** `lines 3, 7 and 12 more`. */
function describeLines(lines: readonly RefusedLine[]): string {
  const shown = lines.slice(0, SHOWN_LINES).map(({ line }) => line);
  const more = lines.length > SHOWN_LINES ? ` and ${lines.length - SHOWN_LINES} more` : '';
  return `${lines.length === 1 ? 'line' : 'lines'} ${shown.join(', ')}${more}`;
}
