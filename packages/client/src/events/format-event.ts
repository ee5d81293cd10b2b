import { printableLine } from '../kept/printable.ts';
import { formatCost, UNKNOWN } from '../output/format-figures.ts';
import type { BusEvent } from './read-bus-event.ts';

type Data = BusEvent['data'];

/** Characters of the columns on a terminal; what is longer pushes the others. */
const WIDTHS = [12, 20, 36, 12, 16, 24, 9];

/** One line: time, type, id (of what happened to a target its name), route, status or reason, model, milliseconds, cost. On a terminal in columns, elsewhere with tabs between. */
export function formatEvent(event: BusEvent, { isTerminal }: { isTerminal: boolean }): string {
  const { type, metadata, data } = event;
  const occurredAt = new Date(metadata.occurredAt).toISOString();
  const cells = [
    isTerminal ? occurredAt.slice(11, 23) : occurredAt,
    type,
    textOf(data.id) ?? textOf(data.target) ?? metadata.correlationId,
    textOf(data.route),
    statusOf(event),
    textOf(memberOf(data.servedBy, 'model')),
    millisecondsOf(data),
    typeof data.costUsd === 'number' ? formatCost(data.costUsd) : undefined,
  ].map((cell) => printableLine(cell || UNKNOWN));
  return isTerminal
    ? cells
        .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0))
        .join('  ')
        .trimEnd()
    : cells.join('\t');
}

function statusOf({ type, data }: BusEvent): string | undefined {
  if (type === 'InferenceCompleted')
    return data.degraded === undefined ? 'succeeded' : `degraded: ${textOf(memberOf(data.degraded, 'reason'))}`;
  if (type === 'InferenceExpired') return 'expired';
  if (type === 'InferenceDeferred') return `${textOf(data.reason) ?? 'waits'}, again in ${data.delaySeconds} s`;
  if (type === 'AttemptsObserved') return outcomesOf(data);
  if (type.startsWith('Target')) return changeOf(data);
  const current = textOf(memberOf(data.current, 'tableVersion'));
  return textOf(data.reason) ?? textOf(memberOf(data.reason, 'kind')) ?? (current && `table ${current}`);
}

/** `closed → open: 3 of 3 calls failed (100 %)`; where only the share changed, the reason alone. */
function changeOf({ previous, current, reason }: Data): string | undefined {
  const [before, after] = [textOf(memberOf(previous, 'state')), textOf(memberOf(current, 'state'))];
  const why = textOf(reason);
  return before === undefined || after === undefined || before === after ? why : `${before} → ${after}: ${why ?? UNKNOWN}`;
}

/** `nova-lite 12 succeeded, 1 throttled`. */
function outcomesOf({ observations }: Data): string | undefined {
  if (!Array.isArray(observations)) return undefined;
  return observations.map((one) => `${memberOf(one, 'target')} ${memberOf(one, 'count')} ${memberOf(one, 'outcome')}`).join(', ');
}

function millisecondsOf({ timing }: Data): string | undefined {
  const totalMs = memberOf(timing, 'totalMs');
  return typeof totalMs === 'number' ? `${Math.round(totalMs)} ms` : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
