import { expect, it } from 'vitest';
import { findModel } from './__fixtures__/find-model.ts';
import { inputModalitiesOf } from './input-modalities-of.ts';

it.each([
  ['amazon.nova-micro-v1:0', ['text']],
  ['amazon.nova-lite-v1:0', ['text', 'image', 'video', 'document']],
  ['anthropic.claude-haiku-4-5-20251001-v1:0', ['text', 'image', 'document']],
  ['anthropic.claude-haiku-5-5', ['text', 'image']],
  ['amazon.nova-2-sonic-v1:0', ['audio']],
])('%s takes %j', (id, expected) => {
  expect(inputModalitiesOf(findModel(id))).toEqual(expected);
});

it('names documents once, and gives a list of its own', () => {
  const model = findModel('amazon.nova-lite-v1:0');
  expect(inputModalitiesOf({ ...model, inputModalities: ['text', 'document'] })).toEqual(['text', 'document']);
  inputModalitiesOf(model).push('audio');
  expect(inputModalitiesOf(model)).not.toContain('audio');
});
