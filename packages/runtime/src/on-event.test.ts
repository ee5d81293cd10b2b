import type { EventBridgeEvent } from 'aws-lambda';
import { expect, it, vi } from 'vitest';
import { onEvent } from './on-event.ts';
import { lambdaContext } from './test-lambda-context.ts';

/** As a schedule delivers it. */
const scheduled: EventBridgeEvent<string, Record<string, never>> = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '000000000000',
  time: '2026-11-20T12:00:00Z',
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:000000000000:rule/sweep-deadlines'],
  detail: {},
};

it('hands the event and its context over', async () => {
  const react = vi.fn(async () => undefined);
  await onEvent(react)(scheduled, lambdaContext);
  expect(react).toHaveBeenCalledExactlyOnceWith(scheduled, lambdaContext);
});

it('throws what the reaction throws, so that Lambda tries again', async () => {
  const handler = onEvent(async () => {
    throw new Error('the table is away');
  });
  await expect(handler(scheduled, lambdaContext)).rejects.toThrow('the table is away');
});
