import { describe, expect, it } from 'vitest';
import type { Counter } from './counters-of.ts';
import { exchange, type Report } from './exchange.ts';
import type { LimitKind } from './limit-kind.ts';
import { type CounterState, EMPTY_STATE } from './limits-state.ts';

/** 10:00:20 of a minute. */
const NOW = Date.parse('2026-09-21T10:00:20.000Z');
const MINUTE = Date.parse('2026-09-21T10:00:00.000Z');
const NOW_SECONDS = NOW / 1_000;

function counterOf(kind: LimitKind, limit: number): Counter {
  return { id: kind, kind, scope: 'tenant', limit };
}

const requests = counterOf('requests-per-minute', 1_000);
const money = counterOf('usd-per-day', 1_000);
const slots = counterOf('concurrency', 10);

function report(counter: Counter, stated: Partial<Report> = {}): Report {
  return { counter, spent: { window: counter === requests ? MINUTE : 0, amount: 0 }, held: undefined, keeps: 0, wants: 0, ...stated };
}

function stateOf(id: string, stated: Partial<CounterState>) {
  return { counters: { [id]: { window: MINUTE, used: 0, held: {}, ...stated } } };
}

describe('a block', () => {
  it.each([
    ['two hundredths of what is left', { used: 0, wants: 1 }, 20],
    ['less as less is left', { used: 500, wants: 1 }, 10],
    ['one request when that is more', { used: 0, wants: 37 }, 37],
    ['one request where two hundredths are less than that', { used: 990, wants: 1 }, 1],
    ['the last that is left', { used: 990, wants: 10 }, 10],
  ])('is %s', (_what, { used, wants }, block) => {
    const { grants, state } = exchange({ state: stateOf(requests.id, { used }), reports: [report(requests, { wants })], now: NOW });
    const until = NOW_SECONDS + 10;
    expect(grants).toEqual({ [requests.id]: { block, held: { window: MINUTE, until, amount: block } } });
    expect(state.counters[requests.id]).toEqual({ window: MINUTE, used, held: { [until]: block } });
  });

  it('leaves alone what others hold', () => {
    const state = stateOf(requests.id, { used: 400, held: { [NOW_SECONDS + 3]: 500 } });
    expect(exchange({ state, reports: [report(requests, { wants: 1 })], now: NOW }).grants[requests.id]?.block).toBe(2);
  });

  it('comes out of what was held too long', () => {
    const state = stateOf(requests.id, { used: 400, held: { [NOW_SECONDS]: 500 } });
    expect(exchange({ state, reports: [report(requests, { wants: 1 })], now: NOW }).grants[requests.id]?.block).toBe(12);
  });

  it('takes the place of what the process held', () => {
    const held = { window: MINUTE, until: NOW_SECONDS + 3, amount: 20 };
    const state = stateOf(requests.id, { held: { [held.until]: 50 } });
    const reports = [report(requests, { held, spent: { window: MINUTE, amount: 20 }, wants: 1 })];
    expect(exchange({ state, reports, now: NOW }).state.counters[requests.id]).toEqual({
      window: MINUTE,
      used: 20,
      held: { [held.until]: 30, [NOW_SECONDS + 10]: 19 },
    });
  });
});

describe('a new window', () => {
  it('of a rate begins with nothing used and nothing held', () => {
    const state = stateOf(requests.id, { window: MINUTE - 60_000, used: 1_000, held: { [NOW_SECONDS + 5]: 7 } });
    const spent = { window: MINUTE - 60_000, amount: 9 };
    const held = { window: MINUTE - 60_000, until: NOW_SECONDS + 5, amount: 7 };
    const { state: next } = exchange({ state, reports: [report(requests, { spent, held, wants: 1 })], now: NOW });
    expect(next.counters[requests.id]).toEqual({ window: MINUTE, used: 0, held: { [NOW_SECONDS + 10]: 20 } });
  });

  it('of money begins with what is under way', () => {
    const day = Date.parse('2026-09-21T00:00:00.000Z');
    const state = { counters: { [money.id]: { window: day - 86_400_000, used: 990, held: { [NOW_SECONDS + 5]: 40 } } } };
    const { state: next } = exchange({ state, reports: [report(money, { wants: 1 })], now: NOW });
    expect(next.counters[money.id]).toEqual({ window: day, used: 0, held: { [NOW_SECONDS + 5]: 40, [NOW_SECONDS + 10]: 19 } });
  });

  it('that another clock has begun already stands', () => {
    const state = stateOf(requests.id, { window: MINUTE + 60_000, used: 5 });
    const { grants } = exchange({ state, reports: [report(requests, { wants: 1 })], now: NOW });
    expect(grants[requests.id]?.held.window).toBe(MINUTE + 60_000);
  });
});

describe('a shortage', () => {
  it('says what is left and when the minute ends, and still accounts for what was used', () => {
    const state = stateOf(requests.id, { used: 990 });
    const reports = [report(requests, { spent: { window: MINUTE, amount: 6 }, wants: 5 })];
    const { state: next, shortage, grants } = exchange({ state, reports, now: NOW });
    expect(shortage).toEqual({ counter: requests, needed: 5, left: 4, resetsAt: MINUTE + 60_000, retryAt: MINUTE + 60_000 });
    expect(grants[requests.id]?.block).toBe(0);
    expect(next.counters[requests.id]).toEqual({ window: MINUTE, used: 996, held: {} });
  });

  it('is over when others let go, where only that is in the way', () => {
    const state = stateOf(requests.id, { used: 900, held: { [NOW_SECONDS + 3]: 60, [NOW_SECONDS + 9]: 40 } });
    const { shortage } = exchange({ state, reports: [report(requests, { wants: 1 })], now: NOW });
    expect(shortage).toMatchObject({ left: 0, resetsAt: MINUTE + 60_000, retryAt: NOW + 3_000 });
  });

  it('of one counter gives no block of another', () => {
    const state = { counters: { ...stateOf(requests.id, {}).counters, ...stateOf(money.id, { used: 1_000 }).counters } };
    const day = Date.parse('2026-09-21T00:00:00.000Z');
    state.counters[money.id] = { window: day, used: 1_000, held: {} };
    const { grants, shortage } = exchange({ state, reports: [report(requests, { wants: 1 }), report(money, { wants: 1 })], now: NOW });
    expect(shortage?.counter).toBe(money);
    expect(grants[requests.id]).toMatchObject({ block: 0, held: { amount: 0 } });
  });

  it('does not take away what is under way, be it more than the limit', () => {
    const { state, shortage } = exchange({ state: EMPTY_STATE, reports: [report(slots, { keeps: 12, wants: 1 })], now: NOW });
    expect(shortage).toMatchObject({ left: 0, needed: 1 });
    expect(state.counters[slots.id]?.held).toEqual({ [NOW_SECONDS + 10]: 12 });
  });
});

it('forgets counters that say nothing any more', () => {
  const old = { window: MINUTE - 86_400_000, used: 3, held: {} };
  const state = { counters: { 'gone|requests-per-minute': old, 'gone|concurrency': { ...old, window: 0 }, 'no-such-limit': old } };
  expect(Object.keys(exchange({ state, reports: [report(requests, { wants: 1 })], now: NOW }).state.counters)).toEqual([requests.id]);
});
