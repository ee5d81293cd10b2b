import { expect, it } from 'vitest';
import { findModel, findProfile } from './__fixtures__/find-model.ts';
import { processingRegions } from './processing-regions.ts';

const model = findModel('anthropic.claude-haiku-4-5-20251001-v1:0');

it('is the Region itself without a profile', () => {
  expect(processingRegions({ model, region: 'eu-west-2' })).toEqual(['eu-west-2']);
});

it('is every destination of a geographic profile', () => {
  expect(processingRegions({ model, profile: findProfile(model, 'jp'), region: 'ap-northeast-1' })).toEqual([
    'ap-northeast-1',
    'ap-northeast-3',
  ]);
});

it('is also the Region of the call, which reads the request', () => {
  const profile = { ...findProfile(model, 'jp'), destinationRegions: ['ap-northeast-3'] };
  expect(processingRegions({ model, profile, region: 'ap-northeast-1' })).toEqual(['ap-northeast-1', 'ap-northeast-3']);
});

it('is null for a global profile, which may be any Region', () => {
  expect(processingRegions({ model, profile: findProfile(model, 'global'), region: 'eu-west-1' })).toBeNull();
  const listed = { ...findProfile(model, 'global'), destinationRegions: ['eu-west-1'] };
  expect(processingRegions({ model, profile: listed, region: 'eu-west-1' })).toBeNull();
});

it('is null where the destinations are not known', () => {
  expect(processingRegions({ model, profile: findProfile(model, 'in'), region: 'ap-south-1' })).toBeNull();
});
