import { expect, it } from 'vitest';
import { formatEvent } from './format-event.ts';
import type { BusEvent } from './read-bus-event.ts';

const servedBy = { target: 'lite', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' };
const ended = { id: 'r1', route: 'fast', timing: { queuedMs: 1, totalMs: 41.6 }, costUsd: 0.0000125 };

function event(type: string, data: object): BusEvent {
  const metadata = { id: 'e', version: '1.0', occurredAt: '2026-01-01T00:00:00.123Z', correlationId: 'c1' };
  return { type, metadata, data: data as BusEvent['data'], whole: {} };
}

it.each<[string, object, string]>([
  ['InferenceCompleted', { ...ended, servedBy }, 'r1 fast succeeded amazon.nova-lite-v1:0 42_ms $0.0000125'],
  [
    'InferenceCompleted',
    { ...ended, servedBy, degraded: { from: 'a', reason: 'no-room' } },
    'r1 fast degraded:_no-room amazon.nova-lite-v1:0 42_ms $0.0000125',
  ],
  ['InferenceFailed', { ...ended, reason: 'refused', costUsd: null }, 'r1 fast refused – 42_ms –'],
  ['InferenceExpired', { id: 'r1', route: 'fast' }, 'r1 fast expired – – –'],
  ['InferenceRejected', { messageId: 'm1', reason: 'malformed' }, 'c1 – malformed – – –'],
  ['InferenceDeferred', { id: 'r1', route: 'fast', reason: 'no-capacity', delaySeconds: 7 }, 'r1 fast no-capacity,_again_in_7_s – – –'],
  ['AttemptsObserved', { observations: [{ target: 'lite', count: 3, outcome: 'faulted' }] }, 'c1 – lite_3_faulted – – –'],
  ['RoutingTableReleased', { current: { tableVersion: 'abc' } }, 'c1 – table_abc – – –'],
  ['RoutingTableRolledBack', { reason: { kind: 'alarm' } }, 'c1 – alarm – – –'],
  ['TargetEjected', { target: 'lite', reason: 'faults\u001b[2J' }, 'lite – faults\\u001b[2J – – –'],
  [
    'TargetEjected',
    { target: 'lite', reason: '3 of 3 failed', previous: { state: 'closed' }, current: { state: 'open' } },
    'lite – closed_→_open:_3_of_3_failed – – –',
  ],
  [
    'TargetThrottled',
    { target: 'lite', reason: 'over its quota', previous: { state: 'closed' }, current: { state: 'closed' } },
    'lite – over_its_quota – – –',
  ],
  ['RoutingOverlayChanged', { reason: 'lite open', previous: {}, current: { seq: 4 } }, 'c1 – lite_open – – –'],
])('says of %s what is known', (type, data, line) => {
  const cells = formatEvent(event(type, data), { isTerminal: false }).split('\t');
  expect(cells.map((cell) => cell.replaceAll(' ', '_')).join(' ')).toBe(`2026-01-01T00:00:00.123Z ${type} ${line}`);
});

it('is in columns on a terminal, with the time of day', () => {
  const lines = [event('InferenceFailed', { ...ended, reason: 'refused' }), event('InferenceCompleted', { ...ended, servedBy })].map(
    (one) => formatEvent(one, { isTerminal: true }),
  );
  expect(lines[0]).toMatch(/^00:00:00\.123 {2}InferenceFailed {7}r1 /);
  expect(new Set(lines.map((line) => line.indexOf('fast'))).size).toBe(1);
});
