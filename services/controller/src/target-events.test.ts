import { TargetDegraded, TargetEjected, TargetProbing, TargetRestored, TargetThrottled } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import type { TargetHealth } from './health/index.ts';
import { START } from './health/testing/make-buckets.ts';
import { makeTarget } from './health/testing/make-fleet.ts';
import { circuits, makeHealth } from './health/testing/make-health.ts';
import { toTargetEvents } from './target-events.ts';

const SCHEMAS = { TargetDegraded, TargetEjected, TargetProbing, TargetRestored, TargetThrottled };
const closed = makeHealth();
const open = makeHealth({ seq: 2, circuit: circuits.open() });
const throttled: TargetHealth = {
  ...closed,
  throttle: { share: 0.6, changedAt: START + 5, reason: 'throttled: 40 % of 100 calls were over the quota' },
};

const eventsOf = (previous: TargetHealth, current: TargetHealth) =>
  toTargetEvents({ target: makeTarget('a'), previous, current, stage: 'test', now: START + 9 });

it.each([
  ['TargetDegraded', closed, makeHealth({ seq: 2, circuit: circuits.degraded() }), 0.3],
  ['TargetEjected', closed, open, 0],
  ['TargetEjected', closed, makeHealth({ seq: 2, circuit: circuits.misconfigured() }), 0],
  ['TargetProbing', open, makeHealth({ seq: 3, circuit: circuits.halfOpen() }), 0.1],
  ['TargetRestored', open, makeHealth({ seq: 3 }), 1],
] as const)('tells a change of state as %s, with what was, what is and why', (name, previous, current, share) => {
  const [event, ...others] = eventsOf(previous, current);
  expect(others).toEqual([]);
  expect(event).toMatchObject({ source: 'signalbox.controller', detailType: name });
  const detail = SCHEMAS[name].parse(event?.detail);
  expect(detail).toEqual(event?.detail);
  expect(detail.data).toMatchObject({
    target: 'a',
    previous: { state: previous.circuit.kind },
    current: { state: current.circuit.kind, healthShare: share },
    reason: current.circuit.reason,
  });
});

it.each([
  ['TargetThrottled', closed, throttled],
  ['TargetRestored', throttled, { ...closed, throttle: { share: 1, changedAt: START + 6, reason: 'not throttled' } }],
] as const)('tells that a quota no longer bears all of the traffic, or does again, as %s', (name, previous, current) => {
  const events = eventsOf(previous, current);
  expect(events.map(({ detailType }) => detailType)).toEqual([name]);
  expect(SCHEMAS[name].parse(events[0]?.detail).data.reason).toBe(current.throttle.reason);
});

it('tells both when both changed, and nothing when a figure moved', () => {
  expect(eventsOf(throttled, open).map(({ detailType }) => detailType)).toEqual(['TargetEjected', 'TargetRestored']);
  expect(eventsOf(throttled, { ...throttled, throttle: { ...throttled.throttle, share: 0.5 } })).toEqual([]);
});

it('has the same id whoever tells it', () => {
  const ids = [START + 9, START + 99].map(
    (now) => toTargetEvents({ target: makeTarget('a'), previous: closed, current: open, stage: 'test', now })[0]?.detail.metadata.id,
  );
  expect(ids).toEqual(['a@d0#2#open', 'a@d0#2#open']);
});
