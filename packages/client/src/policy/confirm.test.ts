import { expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { confirmer } from './confirm.ts';

it('asks nobody in a pipe, nor when the answer was given', () => {
  expect(confirmer({ output: createTestOutput().output })).toBeUndefined();
  expect(confirmer({ yes: true, output: createTestOutput({ columns: 80 }).output })).toBeUndefined();
});
