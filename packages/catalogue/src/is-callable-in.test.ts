import { expect, it } from 'vitest';
import { findModel, findProfile } from './__fixtures__/find-model.ts';
import { isCallableIn } from './is-callable-in.ts';

const lite = 'amazon.nova-lite-v1:0';
const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';

it.each<[name: string, id: string, region: string, prefix: string | undefined, expected: boolean | null]>([
  ['by its id in a Region that has it', lite, 'eu-west-2', undefined, true],
  ['by its id in a Region that has it for a profile only', lite, 'eu-west-1', undefined, false],
  ['by its id where AWS has it for profiles only', haiku, 'us-east-1', undefined, false],
  ['by a profile from one of its Regions', lite, 'eu-west-1', 'eu', true],
  ['by a profile from a Region of elsewhere', lite, 'us-east-1', 'eu', false],
  ['by the global profile', haiku, 'sa-east-1', 'global', true],
  ['by a profile whose Regions are not known', haiku, 'ap-south-1', 'in', null],
  ['by its id where its Regions are not known', 'anthropic.claude-haiku-5-5', 'us-east-1', undefined, null],
  ['by its id when only the mantle endpoint serves it', 'openai.gpt-5.4', 'us-east-1', undefined, false],
])('tells whether a model can be called %s', (_, id, region, prefix, expected) => {
  const model = findModel(id);
  const profile = prefix === undefined ? undefined : findProfile(model, prefix);
  expect(isCallableIn(model, { region, profile })).toBe(expected);
});
