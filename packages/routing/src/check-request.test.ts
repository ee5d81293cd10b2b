import { routingTable } from '@signalbox/contracts/samples';
import { expect, it } from 'vitest';
import { checkRequest } from './check-request.ts';

it.each([
  [{}, undefined],
  [{ route: 'default', operation: 'chat' as const, reply: { queue: 'reports' } }, undefined],
  [{ route: 'other' }, { reason: 'unknown-route', path: 'route', message: 'is not a route of the policy; one of: default' }],
  [{ route: 'constructor' }, { reason: 'unknown-route', path: 'route' }],
  [{ operation: 'embed' as const }, { reason: 'unknown-route', path: 'operation', message: 'must be "chat" on this route' }],
  [{ reply: { queue: 'nobody' } }, { reason: 'unknown-reply-queue', path: 'reply.queue' }],
  [{ reply: { queue: 'toString' } }, { reason: 'unknown-reply-queue', path: 'reply.queue' }],
])('of %j the table says %j', (request, mismatch) => {
  if (mismatch) expect(checkRequest(request, routingTable)).toMatchObject(mismatch);
  else expect(checkRequest(request, routingTable)).toBeUndefined();
});
