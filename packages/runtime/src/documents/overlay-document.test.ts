import type { RoutingOverlay } from '@signalbox/contracts';
import { routingOverlay } from '@signalbox/contracts/samples';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type AwsAnswer, type AwsCall, jsonAnswer, startAwsServer } from '../test-aws-server.ts';
import { createOverlayDocument } from './overlay-document.ts';

const table = {
  /** The item's `value`. */
  value: undefined as string | undefined,
  failing: undefined as AwsAnswer | undefined,
  calls: [] as unknown[],
  answer(call: AwsCall): AwsAnswer {
    if (table.failing) return table.failing;
    table.calls.push(JSON.parse(call.body));
    return jsonAnswer(table.value === undefined ? {} : { Item: { value: { S: table.value } } });
  },
};

let close: () => Promise<void>;
beforeAll(async () => {
  ({ close } = await startAwsServer(table.answer));
});
afterAll(() => close());
beforeEach(() => {
  Object.assign(table, { value: undefined, failing: undefined, calls: [] });
});

function createFixture() {
  const errors: Error[] = [];
  const document = createOverlayDocument({ tableName: 'overlay-table', onError: (error) => errors.push(error as Error) });
  return { document, errors };
}

function publish(overlay: Partial<RoutingOverlay>) {
  table.value = JSON.stringify({ ...routingOverlay, ...overlay });
}

it('is undefined while the controller has published nothing: the table order stands', async () => {
  const { document, errors } = createFixture();
  expect(await document.get()).toBeUndefined();
  expect(errors).toEqual([]);
  publish({ seq: 0 });
  await document.refresh();
  expect((await document.get())?.seq).toBe(0);
});

it('is what the controller last published, read by the replica key', async () => {
  publish({ seq: 1 });
  const { document } = createFixture();
  expect(await document.get()).toEqual({ ...routingOverlay, seq: 1 });
  expect(table.calls).toMatchObject([{ TableName: 'overlay-table', Key: { id: { S: 'overlay#0' } } }]);
});

it('is parsed once per version', async () => {
  publish({ seq: 1 });
  const { document } = createFixture();
  const first = await document.get();
  await document.refresh();
  expect(await document.get()).toBe(first);
  expect(table.calls).toHaveLength(2);
});

it('never goes back to a lower sequence', async () => {
  publish({ seq: 7 });
  const { document } = createFixture();
  await document.get();
  publish({ seq: 6, targets: {} });
  await document.refresh();
  expect((await document.get())?.seq).toBe(7);
});

it.each([
  ['not JSON', '{', /is not JSON/],
  ['of another shape', JSON.stringify({ ...routingOverlay, seq: -1 }), /promised shape/],
])('stays the last good one when the published one is %s', async (_what, broken, message) => {
  publish({ seq: 1 });
  const { document, errors } = createFixture();
  await document.get();
  table.value = broken;
  await document.refresh();
  expect((await document.get())?.seq).toBe(1);
  expect(errors).toMatchObject([{ name: 'ContractError', message: expect.stringMatching(message) }]);
  publish({ seq: 2 });
  await document.refresh();
  expect((await document.get())?.seq).toBe(2);
});

it('stays the last good one while the table answers with errors, and recovers', async () => {
  publish({ seq: 1 });
  const { document, errors } = createFixture();
  await document.get();
  table.failing = jsonAnswer({ __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'broken' }, 500);
  await document.refresh();
  expect((await document.get())?.seq).toBe(1);
  expect(errors.map(({ name }) => name)).toEqual(['GetParameterError']);
  table.failing = undefined;
  publish({ seq: 2 });
  await document.refresh();
  expect((await document.get())?.seq).toBe(2);
});

it('is none, not an endless wait, when the table hangs at a cold start', async () => {
  table.failing = 'hang';
  const { document, errors } = createFixture();
  expect(await document.get()).toBeUndefined();
  expect(errors).toMatchObject([{ name: 'GetParameterError', cause: { name: 'TimeoutError' } }]);
});
