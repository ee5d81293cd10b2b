import type { Route, RouteRule, RoutingTable } from '@signalbox/contracts';
import { formatShare } from '../output/format-figures.ts';
import type { Output } from '../output/output.ts';
import { wrapWords } from '../output/wrap-words.ts';
import type { Change, FieldChange, TableDiff, TrafficMove } from './diff-tables.ts';

/** What a release would change, a line for each target and route, and the traffic that moves. */
export function printDiff({ changes, moves }: TableDiff, after: RoutingTable, output: Output): void {
  for (const change of changes) printLine(signOf(change, output), describeChange(change, after), output);
  if (moves.length === 0) return;
  output.print(`\n${output.style('bold', 'traffic that moves')}, by first choice while all are well`);
  for (const move of moves) printLine(' ', describeMove(move), output);
}

function printLine(sign: string, text: string, { print, columns }: Output): void {
  print(`  ${sign} ${wrapWords(text, (columns ?? Number.POSITIVE_INFINITY) - 4).join('\n      ')}`);
}

function signOf({ kind }: Change, { style }: Output): string {
  if (kind === 'added') return style('green', '+');
  return kind === 'removed' ? style('red', '-') : style('yellow', '~');
}

function describeChange(change: Change, { targets, routes }: RoutingTable): string {
  const title = change.what === 'table' ? 'policy' : `${change.what} ${change.name}`;
  if (change.kind === 'removed') return title;
  if (change.kind === 'changed') return `${title}: ${change.fields.map(describeField).join('; ')}`;
  const target = change.what === 'target' ? targets[change.name] : undefined;
  const route = change.what === 'route' ? routes[change.name] : undefined;
  return `${title}: ${target ? `${target.modelId} in ${target.region}` : ''}${route ? describeRoute(route) : ''}`;
}

function describeRoute({ strategy, candidates, fallbacks }: Route): string {
  return `${strategy}, ${inWords(candidates)}${fallbacks.length > 0 ? `, then ${fallbacks.join(', ')}` : ''}`;
}

/** Lists whose order says nothing: of them only what comes and goes is of interest. */
const SETS: ReadonlySet<string> = new Set(['capabilities', 'inputModalities', 'languages', 'processingRegions', 'residency']);

function describeField({ field, before, after }: FieldChange): string {
  if (SETS.has(field) && Array.isArray(before) && Array.isArray(after)) return `${field} ${describeSet(before, after)}`;
  if (before === undefined) return `${field} ${inWords(after)} (new)`;
  return after === undefined ? `${field} is gone (was ${inWords(before)})` : `${field} ${inWords(before)} → ${inWords(after)}`;
}

function describeSet(before: readonly unknown[], after: readonly unknown[]): string {
  const came = after.filter((one) => !before.includes(one)).map((one) => `+${one}`);
  const went = before.filter((one) => !after.includes(one)).map((one) => `-${one}`);
  return [...came, ...went].join(', ') || 'in another order';
}

function inWords(value: unknown): string {
  if (value === null) return 'not known';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(inWords).join(', ');
  if (typeof value !== 'object') return String(value);
  const { target, weight, tier, name, when, route } = value as { target?: string; weight?: number; tier?: number } & Partial<RouteRule>;
  if (when !== undefined) return `${name} (when ${JSON.stringify(when)}, to ${route})`;
  if (target !== undefined)
    return `${target}${weight === 1 || weight === undefined ? '' : ` (weight ${weight})`}${tier ? ` (tier ${tier})` : ''}`;
  return JSON.stringify(value);
}

function describeMove({ route, strategy, targets }: TrafficMove): string {
  const way = strategy.before === strategy.after ? '' : ` (${strategy.before} → ${strategy.after})`;
  const moves = targets.map(
    ({ target, before, after }) => `${target} ${shareOf(before, strategy.before)} → ${shareOf(after, strategy.after)}`,
  );
  return `${route}${way}: ${moves.join(', ')}`;
}

function shareOf(share: number | null, strategy: string): string {
  return share === null ? `by ${strategy}` : formatShare(share);
}
