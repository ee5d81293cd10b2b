import { expect, it } from 'vitest';
import { waitInferenceSeconds } from './wait-inference-seconds.ts';

const read = (query: Record<string, string>, repeatedQuery: string[] = []) => waitInferenceSeconds({ query, repeatedQuery });
const refusal = (message: string) =>
  expect.objectContaining({
    status: 400,
    code: 'invalid_request',
    parameter: 'waitSeconds',
    message: expect.stringMatching(`"waitSeconds".*${message}`),
  });

it.each([
  ['1', 1],
  ['25', 25],
  ['07', 7],
])('%s is %i seconds', (text, seconds) => {
  expect(read({ waitSeconds: text })).toBe(seconds);
});

it('is none without the parameter', () => {
  expect(read({ other: '5' }, ['other'])).toBeUndefined();
});

it.each(['0', '26', '100', '-1', '1.5', '1e1', '0x5', ' 5', '', 'soon', '٣'])('refuses "%s" and names the parameter', (text) => {
  expect(() => read({ waitSeconds: text })).toThrow(refusal('1 to 25'));
});

it('refuses two', () => {
  expect(() => read({ waitSeconds: '5' }, ['waitSeconds'])).toThrow(refusal('more than once'));
});
