import { expect, it } from 'vitest';
import { readRetryAfterMs } from './read-retry-after.ts';

const now = Date.parse('2026-11-20T10:00:00Z');

it.each([
  ['seconds', { 'retry-after': '2' }, 2000],
  ['parts of a second', { 'retry-after': '0.25' }, 250],
  ['zero', { 'retry-after': '0' }, 0],
  ['a date', { 'retry-after': 'Fri, 20 Nov 2026 10:00:05 GMT' }, 5000],
  ['a date that has passed', { 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, 0],
  ['milliseconds', { 'x-amz-retry-after': '1500' }, 1500],
  ['the more exact of two', { 'x-amz-retry-after': '1500', 'retry-after': '2' }, 1500],
  ['a number that is none', { 'retry-after': '-3' }, undefined],
  ['words', { 'retry-after': 'soon' }, undefined],
  ['an empty value', { 'retry-after': '' }, undefined],
  ['no header', {}, undefined],
])('reads %s', (_name, headers, expected) => {
  expect(readRetryAfterMs(headers, now)).toBe(expected);
});
