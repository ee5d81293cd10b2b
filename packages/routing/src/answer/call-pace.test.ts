import { expect, it } from 'vitest';
import { createCallPace, notePace } from './call-pace.ts';

function paceOf(...startedAts: number[]): number {
  const pace = createCallPace();
  for (const startedAt of startedAts) notePace(pace, { request: `${startedAt}`, startedAt });
  return pace.apartMs;
}

it.each<[string, number[], number]>([
  ['is unknown before two requests', [1_000], 0],
  ['is the first gap', [1_000, 5_000], 4_000],
  ['follows later gaps by a quarter', [0, 4_000, 12_000], 5_000],
  ['takes a freeze for a gap of a minute', [0, 4_000, 3_604_000], 18_000],
  ['takes calls that are told out of order for one moment', [4_000, 8_000, 7_000], 3_000],
])('the pace of calls %s', (_, startedAts, apartMs) => {
  expect(paceOf(...startedAts)).toBe(apartMs);
});
