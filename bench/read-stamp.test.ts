import { expect, it } from 'vitest';
import { readStamp } from './read-stamp.ts';

it.each([
  ['{"content":"<asked 12.500 sent 62.750>"}', { askedAt: 12.5, sentAt: 62.75 }],
  ['<asked 1 sent 2><asked 1 sent 7>', { askedAt: 1, sentAt: 2 }],
  ['{"content":"<asked 12.500 se', undefined],
  ['{"content":"Paris."}', undefined],
] as const)('of %s is the first whole one', (text, stamp) => {
  expect(readStamp(text)).toEqual(stamp);
});
