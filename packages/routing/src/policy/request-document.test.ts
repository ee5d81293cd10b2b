import { expect, it } from 'vitest';
import { FEATURE_NAMES } from '../rules/feature-fields.ts';
import { REQUEST_DOCUMENT } from './request-document.ts';

it('has the features that rules are matched against, no more and no fewer', () => {
  expect(Object.keys(REQUEST_DOCUMENT).sort()).toEqual([...FEATURE_NAMES].sort());
});
