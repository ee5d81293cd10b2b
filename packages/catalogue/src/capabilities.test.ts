import { expect, it } from 'vitest';
import { findModel } from './__fixtures__/find-model.ts';
import { CAPABILITIES, hasCapability } from './capabilities.ts';

it.each([
  ['amazon.nova-lite-v1:0', 'tool-use', true],
  ['amazon.nova-lite-v1:0', 'structured-output', false],
  ['meta.llama3-3-70b-instruct-v1:0', 'tool-use', true],
  ['meta.llama3-3-70b-instruct-v1:0', 'streaming-tool-use', false],
  ['anthropic.claude-haiku-5-5', 'structured-output', null],
] as const)('%s: %s is %s', (id, capability, expected) => {
  expect(hasCapability(findModel(id), capability)).toBe(expected);
});

it('names capabilities in kebab-case', () => {
  expect(CAPABILITIES.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
});
