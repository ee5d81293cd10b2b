import { randomUUID } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { inferenceResult } from '@signalbox/contracts/samples';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { answerText } from '../sample-conversation.ts';
import type { Variant } from './variant.ts';

const TableName = 'signalbox-bench-inferences';
const client = new DynamoDBClient({
  requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 50 }, httpsAgent: { keepAlive: true, maxSockets: 50 } }),
});
const record = JSON.stringify({ ...inferenceResult, output: undefined });
const output = JSON.stringify({ message: { role: 'assistant', content: [{ text: answerText }] } });

/** What the AWS SDK takes for the two writes of a request's record, the claim and the finish, of the worker's shape and size. */
export const { prepare, run }: Variant<string[]> = {
  prepare: (requests) => Array.from({ length: requests }, () => randomUUID()),
  run: async (ids) => {
    await Promise.all(
      ids.map(async (id) => {
        await client.send(claim(id));
        await client.send(finish(id));
      }),
    );
  },
};

function claim(id: string): UpdateItemCommand {
  return new UpdateItemCommand({
    TableName,
    Key: { pk: { S: `default#${id}` } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ConditionExpression:
      'attribute_not_exists(pk) OR #status = :rejected OR (#status IN (:accepting, :accepted) AND #hash = :hash) OR ' +
      '(#status = :running AND #owner = :owner AND deferrals <= :deferrals)',
    UpdateExpression:
      'SET #status = :running, #owner = :owner, fence = :fence, #hash = :hash, deferrals = :deferrals, deadline = :deadline, #open = :shard, ' +
      'acceptedAt = if_not_exists(acceptedAt, :acceptedAt), route = :route, priority = :priority, labels = :labels, expiresAt = :expires REMOVE #record',
    ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner', '#hash': 'hash', '#open': 'open', '#record': 'record' },
    ExpressionAttributeValues: {
      ':running': { S: 'running' },
      ':rejected': { S: 'rejected' },
      ':accepting': { S: 'accepting' },
      ':accepted': { S: 'accepted' },
      ':owner': { S: id },
      ':fence': { S: id },
      ':hash': { S: 'f'.repeat(64) },
      ':deferrals': { N: '0' },
      ':deadline': { N: '1790000000000' },
      ':shard': { S: '3' },
      ':acceptedAt': { N: '1790000000000' },
      ':route': { S: 'batch' },
      ':priority': { S: 'standard' },
      ':labels': { S: '{}' },
      ':expires': { N: '1790000000' },
    },
  });
}

function finish(id: string): UpdateItemCommand {
  return new UpdateItemCommand({
    TableName,
    Key: { pk: { S: `default#${id}` } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ConditionExpression: 'fence = :fence AND #status = :running',
    UpdateExpression: 'SET #status = :status, #record = :record, expiresAt = :expires, #output = :output REMOVE #open',
    ExpressionAttributeNames: { '#status': 'status', '#record': 'record', '#open': 'open', '#output': 'output' },
    ExpressionAttributeValues: {
      ':status': { S: 'succeeded' },
      ':record': { S: record },
      ':expires': { N: '1790000000' },
      ':fence': { S: id },
      ':running': { S: 'running' },
      ':output': { S: output },
    },
  });
}
