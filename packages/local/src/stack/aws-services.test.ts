import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAwsFaults } from '../chaos/aws-faults.ts';
import { createCallCounts } from '../chaos/call-counts.ts';
import { createChaosApi } from '../chaos/chaos-api.ts';
import { createInterfere } from '../chaos/interfere.ts';
import { createLocalDynamoDb } from '../dynamodb/local-dynamodb.ts';
import { startListener } from '../http/listener.ts';
import { createRouter } from '../http/router.ts';
import { createLocalS3 } from '../s3/local-s3.ts';
import type { LogLine } from '../service.ts';
import { createLocalSqs } from '../sqs/local-sqs.ts';

const REGION = 'us-east-1';

async function startCore({ directory, sweepMs = 60_000 }: { directory?: string; sweepMs?: number } = {}) {
  const lines: LogLine[] = [];
  const log = (line: LogLine) => void lines.push(line);
  const killed: string[] = [];
  const faults = createAwsFaults({ now: Date.now });
  const counts = createCallCounts();
  let route: ReturnType<typeof createRouter> = (_request, response) => response.writeHead(503).end();
  const listener = await startListener({ port: 0, onRequest: (incoming, response) => route(incoming, response) });
  const endpointUrl = `http://127.0.0.1:${listener.port}`;
  const stateDirectory = (name: string) => (directory === undefined ? undefined : join(directory, name));
  const sqs = await createLocalSqs({ endpointUrl, region: REGION, directory: stateDirectory('sqs') });
  const s3 = await createLocalS3({ directory: stateDirectory('s3') });
  const dynamodb = await createLocalDynamoDb({
    region: REGION,
    accountId: '000000000000',
    directory: stateDirectory('dynamodb'),
    log,
    sweepMs,
  });
  const isSandboxKey = (key: string) => key.startsWith('SANDBOX');
  const interfere = createInterfere({ faults, counts, isSandboxKey, killSandbox: (key) => killed.push(key) > 0 });
  route = createRouter({
    services: [
      sqs.service,
      s3.service,
      dynamodb.service,
      {
        name: 'events',
        handle: async () => {
          throw new Error('a bug');
        },
      },
    ],
    bedrock: { name: 'bedrock', handle: async (_request, response) => void response.writeHead(200).end('bedrock') },
    sageMaker: { name: 'sagemaker', handle: async (_request, response) => void response.writeHead(200).end('sagemaker') },
    openAi: { name: 'openai', handle: async (_request, response) => void response.writeHead(200).end('openai') },
    restApi: async (_request, response) => void response.writeHead(200).end('rest'),
    admin: [createChaosApi({ faults, counts })],
    interfere,
    log,
  });
  const client = (accessKeyId = 'test') => ({
    endpoint: endpointUrl,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    endpointUrl,
    lines,
    killed,
    sqs,
    s3,
    dynamodb,
    client,
    stop: async () => {
      await listener.close();
      sqs.close();
      await s3.close();
      await dynamodb.close();
    },
  };
}

const TABLE = {
  TableName: 'inferences',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
  BillingMode: 'PAY_PER_REQUEST' as const,
};

describe('the embedded AWS under the real SDK clients', () => {
  let core: Awaited<ReturnType<typeof startCore>>;
  beforeEach(async () => {
    core = await startCore();
  });
  afterEach(() => core.stop());

  it('carries a message from send to delete', async () => {
    core.sqs.createQueue('standard');
    const client = new SQSClient(core.client());
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'standard' }));
    expect(QueueUrl).toBe(`${core.endpointUrl}/000000000000/standard`);
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'hello',
        MessageAttributes: { deferrals: { DataType: 'Number', StringValue: '2' } },
      }),
    );
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] }),
    );
    expect(Messages?.[0]).toMatchObject({
      Body: 'hello',
      Attributes: { ApproximateReceiveCount: '1' },
      MessageAttributes: { deferrals: { StringValue: '2' } },
    });
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
    expect(core.sqs.depths()).toEqual({ standard: { visible: 0, inFlight: 0, delayed: 0 } });
  });

  it('refuses delays over 15 minutes and bodies over 1 MiB, alone and in a batch', async () => {
    const { url } = core.sqs.createQueue('standard');
    const client = new SQSClient(core.client());
    await expect(client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x', DelaySeconds: 901 }))).rejects.toThrow(
      /DelaySeconds/,
    );
    await expect(client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x'.repeat(1_048_577) }))).rejects.toThrow(
      /shorter than 1048576/,
    );
    const Entries = [
      { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
      { Id: 'fine', MessageBody: 'x', DelaySeconds: 900 },
    ];
    const reply = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    expect(reply.Successful?.map((entry) => entry.Id)).toEqual(['fine']);
    expect(reply.Failed).toMatchObject([{ Id: 'late', Code: 'InvalidParameterValue', SenderFault: true }]);
  });

  it.each([
    ['an emoji', 'un sourire \u{1F600}', true],
    ['a line break', 'a\nb', true],
    ['a control character', 'a\u0001b', false],
    ['a character that XML has not', 'a\uFFFFb', false],
  ])('decides about a body with %s as SQS does', async (_name, MessageBody, isTaken) => {
    const { url: QueueUrl } = core.sqs.createQueue('standard');
    const sent = new SQSClient(core.client()).send(new SendMessageCommand({ QueueUrl, MessageBody }));
    if (!isTaken) return expect(sent).rejects.toMatchObject({ name: 'InvalidMessageContents' });
    await sent;
    const { Messages } = await core.sqs.call('ReceiveMessage', { QueueUrl });
    expect(Messages[0].Body).toBe(MessageBody);
  });

  it('names a missing queue as SQS does', async () => {
    const client = new SQSClient(core.client());
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'absent' }))).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('stores objects up to the size of a claim check, whatever their type says, and refuses larger bodies', async () => {
    core.s3.createBucket('data');
    const client = new S3Client(core.client());
    const Body = Buffer.alloc(20 * 1024 * 1024, 'a');
    for (const ContentType of ['application/x-amz-json-1.0', 'application/x-www-form-urlencoded', 'application/json']) {
      await client.send(new PutObjectCommand({ Bucket: 'data', Key: 'a/b c.json', Body, ContentType }));
      const { Body: stored } = await client.send(new GetObjectCommand({ Bucket: 'data', Key: 'a/b c.json' }));
      expect((await stored?.transformToByteArray())?.length).toBe(Body.length);
    }
    const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: 'data', Key: 'a/b c.json' }));
    expect(ContentLength).toBe(Body.length);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'a/' }));
    expect(Contents?.map((entry) => entry.Key)).toEqual(['a/b c.json']);
    const tooLarge = new PutObjectCommand({ Bucket: 'data', Key: 'large', Body: Buffer.alloc(24 * 1024 * 1024 + 1) });
    await expect(client.send(tooLarge)).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
  });

  it('writes an object conditionally', async () => {
    core.s3.createBucket('data');
    const client = new S3Client(core.client());
    const put = (IfNoneMatch?: string) =>
      client.send(new PutObjectCommand({ Bucket: 'data', Key: 'once', Body: 'x', ...(IfNoneMatch ? { IfNoneMatch } : {}) }));
    await put('*');
    await expect(put('*')).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    await put();
  });

  it('takes presigned uploads and downloads', async () => {
    core.s3.createBucket('data');
    const client = new S3Client(core.client());
    const upload = await getSignedUrl(client, new PutObjectCommand({ Bucket: 'data', Key: 'up/load' }));
    expect((await fetch(upload, { method: 'PUT', body: 'by hand' })).status).toBe(200);
    const download = await getSignedUrl(client, new GetObjectCommand({ Bucket: 'data', Key: 'up/load' }));
    expect(await (await fetch(download)).text()).toBe('by hand');
  });

  it('answers the item that failed a condition', async () => {
    const client = new DynamoDBClient(core.client());
    await client.send(new CreateTableCommand(TABLE));
    await client.send(new PutItemCommand({ TableName: 'inferences', Item: { pk: { S: 'a' }, fence: { S: 'first' } } }));
    const conditional = new UpdateItemCommand({
      TableName: 'inferences',
      Key: { pk: { S: 'a' } },
      UpdateExpression: 'SET fence = :new',
      ConditionExpression: 'fence = :old',
      ExpressionAttributeValues: { ':new': { S: 'third' }, ':old': { S: 'second' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(client.send(conditional)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { fence: { S: 'first' } },
    });
  });

  it('deletes expired items and keeps the others', async () => {
    await core.stop();
    core = await startCore({ sweepMs: 20 });
    const client = new DynamoDBClient(core.client());
    await client.send(new CreateTableCommand(TABLE));
    await client.send(
      new UpdateTimeToLiveCommand({ TableName: 'inferences', TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } }),
    );
    const now = Math.floor(Date.now() / 1000);
    for (const [pk, expiresAt] of Object.entries({ old: { N: String(now - 10) }, later: { N: String(now + 100) }, odd: { S: '1' } })) {
      await client.send(new PutItemCommand({ TableName: 'inferences', Item: { pk: { S: pk }, expiresAt } }));
    }
    const exists = async (pk: string) =>
      (await client.send(new GetItemCommand({ TableName: 'inferences', Key: { pk: { S: pk } } }))).Item !== undefined;
    await expect.poll(() => exists('old'), { timeout: 5000 }).toBe(false);
    expect([await exists('later'), await exists('odd')]).toEqual([true, true]);
  });

  it('says loudly which call it does not emulate', async () => {
    const dynamodb = new DynamoDBClient(core.client());
    const transaction = new TransactWriteItemsCommand({ TransactItems: [] });
    await expect(dynamodb.send(transaction)).rejects.toMatchObject({
      name: 'NotImplementedException',
      message: expect.stringContaining('dynamodb TransactWriteItems'),
      $metadata: { httpStatusCode: 501 },
    });
    const versioning = new PutBucketVersioningCommand({ Bucket: 'data', VersioningConfiguration: { Status: 'Enabled' } });
    await expect(new S3Client(core.client()).send(versioning)).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
    const kinesis = await fetch(core.endpointUrl, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-target': 'Kinesis_20131202.PutRecord',
      },
    });
    expect(kinesis.status).toBe(501);
    expect(kinesis.headers.get('x-amzn-errortype')).toBe('NotImplementedException');
    expect(await kinesis.json()).toMatchObject({
      __type: 'NotImplementedException',
      message: expect.stringContaining('kinesis PutRecord'),
    });
    expect(core.lines.map((line) => line.message)).toEqual([
      expect.stringContaining('dynamodb TransactWriteItems'),
      expect.stringContaining('s3 PUT ?versioning'),
      expect.stringContaining('kinesis PutRecord'),
    ]);
  });

  it('turns a bug in a service into a 500 with a stack on the log, and goes on', async () => {
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/events/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-target': 'AWSEvents.PutEvents',
    };
    expect((await fetch(core.endpointUrl, { method: 'POST', headers, body: '{}' })).status).toBe(500);
    expect(core.lines[0]?.message).toMatch(/PutEvents failed: Error: a bug\n\s+at /);
    expect(await (await fetch(`${core.endpointUrl}/v1/anything`)).text()).toBe('rest');
  });

  it('lets faults strike the calls of sandboxes only, as often as asked', async () => {
    await core.dynamodb.createTable('inferences', TABLE);
    const arm = async (fault: object) => {
      const reply = await fetch(`${core.endpointUrl}/_simulator/aws-faults`, { method: 'PUT', body: JSON.stringify(fault) });
      expect(reply.status).toBe(200);
    };
    const get = (accessKeyId: string, pk = 'a') =>
      new DynamoDBClient(core.client(accessKeyId)).send(new GetItemCommand({ TableName: 'inferences', Key: { pk: { S: pk } } }));
    await arm({ service: 'dynamodb', operation: 'GetItem', contains: '"struck"', kind: 'throttle', times: 1 });
    await get('test', 'struck');
    await get('SANDBOX1', 'a');
    await expect(get('SANDBOX1', 'struck')).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    await get('SANDBOX1', 'struck');
    const { faults } = (await (await fetch(`${core.endpointUrl}/_simulator/aws-faults`)).json()) as { faults: unknown[] };
    expect(faults).toMatchObject([{ hits: 1, kind: 'throttle' }]);
    expect(await (await fetch(`${core.endpointUrl}/_simulator/aws-calls`)).json()).toEqual({
      calls: { dynamodb: { GetItem: 4 } },
      bySandboxes: { dynamodb: { GetItem: 3 } },
    });
  });

  it('kills a caller before or after the effect of its call', async () => {
    await core.dynamodb.createTable('inferences', TABLE);
    const put = (pk: string) =>
      new DynamoDBClient(core.client('SANDBOX1')).send(new PutItemCommand({ TableName: 'inferences', Item: { pk: { S: pk } } }));
    for (const kind of ['kill-caller-before', 'kill-caller-after']) {
      await fetch(`${core.endpointUrl}/_simulator/aws-faults`, {
        method: 'PUT',
        body: JSON.stringify({ service: 'dynamodb', contains: kind, kind }),
      });
      await expect(put(kind)).rejects.toThrow();
    }
    const { Items } = await core.dynamodb.call('Scan', { TableName: 'inferences' });
    expect(Items).toEqual([{ pk: { S: 'kill-caller-after' } }]);
    expect(core.killed).toEqual(['SANDBOX1', 'SANDBOX1']);
  });

  it('hangs until its time is over, then lets the call through', async () => {
    await core.dynamodb.createTable('inferences', TABLE);
    const fault = { service: 'dynamodb', kind: 'hang', forSeconds: 0.3, anyCaller: true };
    await fetch(`${core.endpointUrl}/_simulator/aws-faults`, { method: 'PUT', body: JSON.stringify(fault) });
    const startedAt = performance.now();
    await new DynamoDBClient(core.client()).send(new GetItemCommand({ TableName: 'inferences', Key: { pk: { S: 'a' } } }));
    expect(performance.now() - startedAt).toBeGreaterThan(250);
  });

  it('goes on quietly when a client hangs up in the middle of its request', async () => {
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
      'content-length': '1000',
    };
    await new Promise<void>((resolve) => {
      const half = request(core.endpointUrl, { method: 'POST', headers });
      half.on('error', () => resolve());
      half.write('{"half":');
      setTimeout(() => half.destroy(new Error('gone')), 50);
    });
    expect((await fetch(`${core.endpointUrl}/_simulator/aws-calls`)).status).toBe(200);
    expect(core.lines).toEqual([]);
  });
});

describe('the embedded AWS with a data directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-core-'));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('keeps queues, messages, objects and items across a restart on another port', async () => {
    const before = await startCore({ directory });
    before.sqs.createQueue('dead');
    const { url: oldUrl } = before.sqs.createQueue('standard', {
      VisibilityTimeout: 120,
      RedrivePolicy: { deadLetterTargetArn: before.sqs.queueArn('dead'), maxReceiveCount: '20' },
    });
    const sqs = new SQSClient(before.client());
    await sqs.send(new SendMessageCommand({ QueueUrl: oldUrl, MessageBody: 'waiting' }));
    await sqs.send(new SendMessageCommand({ QueueUrl: oldUrl, MessageBody: 'given back' }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: oldUrl, MaxNumberOfMessages: 10 }));
    const givenBack = Messages?.find((message) => message.Body === 'given back');
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: oldUrl, ReceiptHandle: givenBack?.ReceiptHandle, VisibilityTimeout: 0 }));
    before.s3.createBucket('data');
    before.s3.putObject('data', 'key', 'body', 'text/plain');
    await before.dynamodb.createTable('inferences', TABLE);
    await before.dynamodb.call('PutItem', { TableName: 'inferences', Item: { pk: { S: 'a' } } });
    await before.stop();

    const after = await startCore({ directory });
    expect(after.endpointUrl).not.toBe(before.endpointUrl);
    const client = new SQSClient(after.client());
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'standard' }));
    expect(QueueUrl).toBe(`${after.endpointUrl}/000000000000/standard`);
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({
      VisibilityTimeout: '120',
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
    });
    // The URL of the earlier run still names the queue.
    const received = await after.sqs.call('ReceiveMessage', { QueueUrl: oldUrl, MessageSystemAttributeNames: ['All'] });
    expect(received.Messages).toMatchObject([{ Body: 'given back', Attributes: { ApproximateReceiveCount: '2' } }]);
    const object = await new S3Client(after.client()).send(new GetObjectCommand({ Bucket: 'data', Key: 'key' }));
    expect(await object.Body?.transformToString()).toBe('body');
    await after.dynamodb.createTable('inferences', TABLE);
    const { Item } = await new DynamoDBClient(after.client()).send(
      new GetItemCommand({ TableName: 'inferences', Key: { pk: { S: 'a' } } }),
    );
    expect(Item).toEqual({ pk: { S: 'a' } });
    await after.stop();
  });
});
