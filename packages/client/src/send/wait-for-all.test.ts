import { describe, expect, it } from 'vitest';
import { GatewayError, NotAnsweredError } from '../producer/producer-error.ts';
import { testResult } from '../producer/testing/test-ports.ts';
import { type WaitedFor, waitForAll } from './wait-for-all.ts';

const lines = Array.from({ length: 40 }, (_, index) => ({ line: index + 1, id: `r${index + 1}` }));

describe('waitForAll', () => {
  it('reads each result once, a few at a time, and tells which still wait', async () => {
    const told: WaitedFor[] = [];
    let reading = 0;
    let most = 0;
    const waitFor = async (id: string) => {
      most = Math.max(most, ++reading);
      await Promise.resolve();
      reading -= 1;
      if (id === 'r7') throw new NotAnsweredError({ id, timeoutMs: 1 });
      return testResult({ id });
    };
    const signal = new AbortController().signal;
    await waitForAll({ producer: { waitFor }, lines, timeoutMs: 100, signal, now: () => 0, tell: (waited) => told.push(waited) });
    expect(told.map(({ line }) => line).sort((left, right) => left - right)).toEqual(lines.map(({ line }) => line));
    expect(told.filter(({ kind }) => kind === 'waiting').map(({ id }) => id)).toEqual(['r7']);
    expect(most).toBeLessThanOrEqual(16);
  });

  it('ends at once when the gateway refuses', async () => {
    const asked: string[] = [];
    const waitFor = async (id: string) => {
      asked.push(id);
      throw new GatewayError({ message: 'wrong key', status: 401 });
    };
    const signal = new AbortController().signal;
    const waiting = waitForAll({ producer: { waitFor }, lines, timeoutMs: 100, signal, now: () => 0, tell: () => undefined });
    await expect(waiting).rejects.toThrow('wrong key');
    expect(asked.length).toBeLessThanOrEqual(16);
  });
});
