import { expect, it } from 'vitest';
import { tailPattern } from './tail-pattern.ts';

it.each<[string[], string | undefined, object]>([
  [[], undefined, { 'detail-type': [{ 'anything-but': 'AttemptsObserved' }] }],
  [['AttemptsObserved'], undefined, { 'detail-type': ['AttemptsObserved'] }],
  [['InferenceFailed'], 'r1', { 'detail-type': ['InferenceFailed'], detail: { metadata: { correlationId: ['r1'] } } }],
])('wants of types %j and the request %s', (types, id, pattern) => {
  expect(JSON.parse(tailPattern({ types, id }))).toEqual({ source: [{ prefix: 'signalbox.' }], ...pattern });
});
