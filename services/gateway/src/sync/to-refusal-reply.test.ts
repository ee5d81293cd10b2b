import { expect, it } from 'vitest';
import { toRefusalReply } from './to-refusal-reply.ts';

it.each([
  ['names the seconds to wait', { status: 503, code: 'all_attempts_failed', retryAfter: 7 }, { 'retry-after': '7' }],
  ['keeps clients from repeating what failed ambiguously', { status: 502, code: 'quarantined' }, { 'x-should-retry': 'false' }],
  ['keeps clients from repeating what took all its time', { status: 504, code: 'out_of_time' }, { 'x-should-retry': 'false' }],
  ['says neither of a request that is at fault', { status: 400, code: 'content_filter' }, {}],
])('%s', (_what, refusal, headers) => {
  const reply = toRefusalReply({ message: 'No.', attempts: [], ...refusal }, 'chatcmpl-1');
  expect(reply).toMatchObject({ status: refusal.status, body: { error: { code: refusal.code, request_id: 'chatcmpl-1' } } });
  expect(reply.headers).toEqual(headers);
});
