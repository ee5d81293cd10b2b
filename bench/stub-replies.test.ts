import { InferenceRequest, RoutingOverlay, RoutingTable } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { sqsEvent } from './sqs-event.ts';
import { replyTo } from './stub-replies.ts';

const ask = (path: string, target?: string, body: unknown = {}) => replyTo({ path, target, body: () => JSON.stringify(body) });

describe('the stub', () => {
  it('serves a routing table that the worker accepts, once per session', () => {
    const first = ask('/configuration?configuration_token=first');
    const table = RoutingTable.parse(JSON.parse(String(first?.body)));
    expect(Object.keys(table.routes)).toEqual(expect.arrayContaining(['default', 'batch']));
    expect(ask('/configuration?configuration_token=next')?.body).toBe('');
  });

  it('serves an overlay that the worker accepts', () => {
    const item = JSON.parse(String(ask('/', 'DynamoDB_20120810.GetItem')?.body)) as { Item: { value: { S: string } } };
    expect(RoutingOverlay.parse(JSON.parse(item.Item.value.S)).targets).toEqual({});
  });

  it('answers every entry of a batch', () => {
    const events = ask('/', 'AWSEvents.PutEvents', { Entries: [{}, {}, {}] });
    expect(JSON.parse(String(events?.body))).toMatchObject({ FailedEntryCount: 0, Entries: [{}, {}, {}] });
    const held = ask('/', 'AmazonSQS.ChangeMessageVisibilityBatch', { Entries: [{ Id: 'a' }, { Id: 'b' }] });
    expect(JSON.parse(String(held?.body)).Successful).toEqual([{ Id: 'a' }, { Id: 'b' }]);
  });

  it.each([
    ['/', 'DynamoDB_20120810.DeleteTable'],
    ['/model/x/invoke', undefined],
  ])('does not pretend to know %s %s', (path, target) => {
    expect(ask(path, target)).toBeUndefined();
  });
});

describe('sqsEvent', () => {
  it('makes requests that fulfil the contract, each with a message id of its own', () => {
    const { Records } = sqsEvent({ requests: 10, route: 'batch' });
    for (const { body } of Records) expect(InferenceRequest.parse(JSON.parse(body)).route).toBe('batch');
    expect(new Set(Records.map(({ messageId }) => messageId)).size).toBe(10);
  });
});
