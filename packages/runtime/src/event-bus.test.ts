import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPutEvents } from './event-bus.ts';
import { type AwsAnswer, type AwsCall, jsonAnswer, startAwsServer } from './test-aws-server.ts';

const bus = {
  answer: {} as AwsAnswer,
  calls: [] as AwsCall[],
};
let close: () => Promise<void>;
beforeAll(async () => {
  ({ close } = await startAwsServer((call) => {
    bus.calls.push(call);
    return bus.answer;
  }));
});
afterAll(() => close());

const entry = { Source: 'signalbox.inference', DetailType: 'InferenceFailed', Detail: '{}' };

it('puts the entries on the named bus and tells which were not taken', async () => {
  bus.answer = jsonAnswer({ FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'InternalFailure', ErrorMessage: 'x' }] });
  expect(await createPutEvents({ busName: 'signalbox-test' })([entry, entry])).toEqual([{}, { ErrorCode: 'InternalFailure' }]);
  const [call] = bus.calls.splice(0);
  expect(call?.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
  const sent = { ...entry, EventBusName: 'signalbox-test' };
  expect(JSON.parse(call?.body ?? '')).toEqual({ Entries: [sent, sent] });
});

it('tries once: the publisher owns the retries', async () => {
  bus.answer = jsonAnswer({ __type: 'InternalException', message: 'broken' }, 500);
  await expect(createPutEvents({ busName: 'signalbox-test' })([entry])).rejects.toMatchObject({ name: 'InternalException' });
  expect(bus.calls.splice(0)).toHaveLength(1);
});
