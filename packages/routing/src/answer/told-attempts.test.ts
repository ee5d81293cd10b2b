import type { Attempt } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { answered, failed, START } from '../testing/scripted-model.ts';
import { createLab } from './testing/create-lab.ts';

const isDown = ({ target }: { target: { id: string } }) => target.id === 'a';

it('each call is told when it is over, and all of them stand in the result as they were told', async () => {
  const lab = createLab({
    script: (call) => (isDown(call) ? { reply: failed('faulted', { status: 503 }), takesMs: 5 } : { reply: answered(), takesMs: 2_000 }),
  });
  const told: { at: number; attempt: Attempt }[] = [];
  const onAttempt = (attempt: Attempt) => void told.push({ at: lab.time.now() - START, attempt });
  const { attempts } = await lab.time.run(lab.ask({ onAttempt }));
  expect(told.map(({ at, attempt }) => `${attempt.target} ${at}`)).toEqual(['a 5', 'b 2005']);
  expect(told.map(({ attempt }) => attempt)).toEqual(attempts);
});

it('a call that is given up beside another one is told as well', async () => {
  const lab = createLab({
    script: (call) => (isDown(call) ? { reply: answered(), takesMs: 9_000, ignoresAbort: true } : { reply: answered(), takesMs: 100 }),
    route: { hedge: { afterMs: 1_000, budget: 1 } },
  });
  const told: string[] = [];
  const result = await lab.time.run(lab.ask({ onAttempt: ({ target, outcome }) => void told.push(`${target} ${outcome}`) }));
  expect(result.kind).toBe('answered');
  expect(told).toEqual(['b succeeded', 'a cancelled']);
});
