import { routingOverlay, routingTable } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { bodyOf, testAttempts, testEvent } from '../testing/test-events.ts';
import { createTopState, type TopReaders } from './top-state.ts';

const START = routingOverlay.publishedAt;

function create(own: Partial<TopReaders> = {}) {
  const clock = { now: START };
  const reads = { tables: 0 };
  const state = createTopState({
    installation: 'here',
    now: () => clock.now,
    readTable: async () => {
      reads.tables += 1;
      return routingTable;
    },
    readHealth: async () => ({ reading: { kind: 'read', overlay: routingOverlay }, problem: undefined }),
    readQueues: async () => [{ queue: 'standard', waiting: 1, inFlight: 2, parked: 3 }],
    ...own,
  });
  return { state, clock, reads };
}

describe('the state of top', () => {
  it('is what was read, and what was heard', async () => {
    const { state } = create();
    await state.refresh();
    expect(state.view()).toMatchObject({ isHeard: false, queues: [{ waiting: 1 }], targets: [{ state: 'open' }, {}], problems: [] });
    state.take([bodyOf(testAttempts(START, { count: 7 }))]);
    expect(state.view()).toMatchObject({ isHeard: true, targets: [{ target: 'nova-lite', traffic: { attempts: 7 } }, {}] });
  });

  it('counts an event once, however often it comes, and nothing that is no event', async () => {
    const { state } = create();
    await state.refresh();
    const body = bodyOf(testAttempts(START));
    state.take([body, body, 'hello']);
    state.take([body]);
    expect(state.view().targets[0]?.traffic?.attempts).toBe(1);
  });

  it('keeps the latest word about a target, in whatever order words come', async () => {
    const { state } = create();
    await state.refresh();
    const word = (type: string, at: number, reason: string) => bodyOf(testEvent(type, { target: 'nova-micro', reason }, at));
    state.take([word('TargetRestored', START + 2, '3 probes passed'), word('TargetEjected', START + 1, 'ejected')]);
    expect(state.view().targets[1]?.lastChange).toEqual({ at: START + 2, type: 'TargetRestored', reason: '3 probes passed' });
  });

  it('rejects while there is no table: then there is nothing to show', async () => {
    const { state } = create({ readTable: () => Promise.reject(new Error('no table was released')) });
    await expect(state.refresh()).rejects.toThrow('no table was released');
  });

  it('tells what it can not read, shows what it read last, and takes that back', async () => {
    let isDown = false;
    const fail = () => Promise.reject(new Error('connect ECONNREFUSED'));
    const { state, clock } = create({
      readTable: () => (isDown ? fail() : Promise.resolve(routingTable)),
      readHealth: async () =>
        isDown
          ? { reading: { kind: 'unreachable' }, problem: 'no rights' }
          : { reading: { kind: 'read', overlay: routingOverlay }, problem: undefined },
      readQueues: () => (isDown ? fail() : Promise.resolve([])),
    });
    await state.refresh();
    isDown = true;
    clock.now += 60_000;
    await state.refresh();
    state.tell('events', new Error('not yours'));
    expect(state.view()).toMatchObject({
      health: { kind: 'current' },
      targets: [{ state: 'open' }, {}],
      problems: ['table: connect ECONNREFUSED', 'health: no rights', 'queues: connect ECONNREFUSED', 'events: not yours'],
    });
    isDown = false;
    state.tell('events', undefined);
    await state.refresh();
    expect(state.view().problems).toEqual([]);
  });

  it('reads the table every half minute, and at once when one was released', async () => {
    const { state, clock, reads } = create();
    await state.refresh();
    clock.now += 29_999;
    await state.refresh();
    expect(reads.tables).toBe(1);
    clock.now += 1;
    await state.refresh();
    expect(reads.tables).toBe(2);
    state.take([bodyOf(testEvent('RoutingTableReleased', {}, clock.now))]);
    await state.refresh();
    expect(reads.tables).toBe(3);
  });

  it('says how late events come, while they come', async () => {
    const { state, clock } = create();
    await state.refresh();
    state.take([bodyOf(testAttempts(START - 20_000))]);
    expect(state.view().lagMs).toBe(20_000);
    clock.now += 15_000;
    expect(state.view().lagMs).toBe(0);
  });
});
