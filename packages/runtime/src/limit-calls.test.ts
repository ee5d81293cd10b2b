import { expect, it } from 'vitest';
import { limitCalls } from './limit-calls.ts';

it('calls once an interval, and lets callers in between wait for that call', async () => {
  let [time, calls] = [0, 0];
  let finish: () => void = () => undefined;
  const call = () => {
    calls++;
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  };
  const limited = limitCalls({ call, everyMs: 1_000, now: () => time });
  const waiting = [limited(), limited()];
  time = 999;
  waiting.push(limited());
  expect(calls).toBe(1);
  finish();
  await Promise.all(waiting);
  time = 1_000;
  void limited();
  expect(calls).toBe(2);
});
