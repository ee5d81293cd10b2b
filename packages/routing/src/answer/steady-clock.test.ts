import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { answered, failed, scriptModel } from '../testing/scripted-model.ts';
import { createAnswer } from './answer.ts';
import { createSteadyClock } from './steady-clock.ts';

const FIVE_MINUTES_MS = 300_000;

describe('a steady clock', () => {
  it('goes on from where it was when the time is set back', () => {
    const steady = createSteadyClock();
    expect([10_000, 11_000, 5_000, 6_500, 6_500].map(steady)).toEqual([10_000, 11_000, 11_000, 12_500, 12_500]);
  });

  it('believes a step forward: after a freeze so much time is over', () => {
    const steady = createSteadyClock();
    expect([10_000, 610_000].map(steady)).toEqual([10_000, 610_000]);
  });
});

/** One target in a process whose clock is set back. */
function createWorld(stated: Parameters<typeof makeTarget>[1] = {}) {
  const made = makeTable({ targets: [makeTarget('a', stated)] });
  let reply = failed('faulted');
  const model = scriptModel(() => ({ reply }));
  const answer = createAnswer(model.ports);
  let requests = 0;
  return {
    ...model,
    heal: () => {
      reply = answered();
    },
    fail: () => {
      reply = failed('faulted');
    },
    ask: (endsInMs = 60_000) =>
      answer({
        id: `r${++requests}`,
        content: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
        features: makeRequest(),
        ...made,
        endsAt: model.clock.now + endsInMs,
        signal: new AbortController().signal,
      }),
  };
}

describe('after the clock of the machine was set back', () => {
  it('a target that was out is tried again as soon as ever', async () => {
    const world = createWorld();
    for (let index = 0; index < 4; index++) await world.ask();
    world.clock.now -= FIVE_MINUTES_MS;
    world.heal();
    const kinds: string[] = [];
    for (let index = 0; index < 13; index++) {
      kinds.push((await world.ask()).kind);
      world.clock.now += 1_000;
    }
    expect(kinds.slice(-1)).toEqual(['answered']);
  });

  it('a new outage is noticed', async () => {
    const world = createWorld();
    world.heal();
    await world.ask();
    world.clock.now -= FIVE_MINUTES_MS;
    world.fail();
    for (let index = 0; index < 8; index++) await world.ask();
    // Two that show it, and one trial.
    expect(world.calls.length).toBe(4);
  });

  it('a quota is not kept for longer than its minute', async () => {
    const world = createWorld({ rateLimits: { requestsPerMinute: 1 } });
    world.heal();
    expect((await world.ask()).kind).toBe('answered');
    world.clock.now -= FIVE_MINUTES_MS;
    expect((await world.ask()).kind).toBe('waiting');
    world.clock.now += 62_000;
    expect((await world.ask()).kind).toBe('answered');
  });

  it('a request has its time by the new clock', async () => {
    const world = createWorld();
    world.heal();
    await world.ask();
    world.clock.now -= FIVE_MINUTES_MS;
    expect((await world.ask(2_000)).kind).toBe('answered');
  });
});
