import * as contracts from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { TOP_EVENT_TYPES } from './event-types.ts';

it('names events that there are, and each of what happens to requests and targets', () => {
  const events = Object.entries(contracts).flatMap(([name, value]) => (isEvent(value) ? [name] : []));
  expect(events).toEqual(expect.arrayContaining([...TOP_EVENT_TYPES]));
  expect(events.filter((name) => /^(Inference|Target)/.test(name)).filter((name) => !TOP_EVENT_TYPES.includes(name))).toEqual([]);
});

function isEvent(value: unknown): boolean {
  const { shape } = ((value as { def?: object } | undefined)?.def ?? {}) as { shape?: object };
  return (
    Object.keys(shape ?? {})
      .sort()
      .join() === 'data,metadata'
  );
}
