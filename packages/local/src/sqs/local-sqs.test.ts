import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalSqs, type LocalSqs } from './local-sqs.ts';

const QUEUE = 'requests';
const NEVER_GIVEN = 'AQEBwJnKyrHigUMZj6reyNurFVq';

let sqs: LocalSqs;
let url: string;

beforeEach(async () => {
  sqs = await createLocalSqs({ endpointUrl: 'http://127.0.0.1:1', region: 'us-east-1' });
  ({ url } = sqs.createQueue(QUEUE, { VisibilityTimeout: 45 }));
});
afterEach(() => sqs.close());

/** On the wire, as a client sees it. */
async function call(operation: string, parameters: object): Promise<{ status: number; body: unknown; olderName: string | undefined }> {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  const wire = { service: 'sqs', operation, region: 'us-east-1', accessKeyId: 'local', method: 'POST', url: '/', headers };
  const answer = sqs.service.handle({ ...wire, body: Buffer.from(JSON.stringify(parameters)) });
  const reply = await answer.catch((error: { toReply(): Awaited<typeof answer> }) => error.toReply());
  return { status: reply.status, body: JSON.parse(String(reply.body)), olderName: reply.headers?.['x-amzn-query-error'] };
}

async function sendAndReceive(names?: string[]): Promise<Record<string, unknown> & { ReceiptHandle: string }> {
  const MessageAttributes = { origin: { DataType: 'String', StringValue: 'm-1' }, other: { DataType: 'String', StringValue: 'o' } };
  await sqs.call('SendMessage', { QueueUrl: url, MessageBody: 'x', MessageAttributes });
  const { Messages } = await sqs.call('ReceiveMessage', { QueueUrl: url, ...(names ? { MessageAttributeNames: names } : {}) });
  return Messages[0];
}

describe('the name of an error', () => {
  it.each([
    ['CreateQueue', { QueueName: QUEUE, Attributes: { VisibilityTimeout: '46' } }, 400, 'QueueNameExists', 'QueueAlreadyExists'],
    ['GetQueueUrl', { QueueName: 'absent' }, 400, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
    ['DeleteMessage', { QueueUrl: 'url', ReceiptHandle: NEVER_GIVEN }, 404, 'ReceiptHandleIsInvalid', 'ReceiptHandleIsInvalid'],
    ['SendMessageBatch', { QueueUrl: 'url', Entries: [] }, 400, 'EmptyBatchRequest', 'AWS.SimpleQueueService.EmptyBatchRequest'],
    ['SendMessage', { QueueUrl: 'url', MessageBody: '\u0001' }, 400, 'InvalidMessageContents', 'InvalidMessageContents'],
  ])('of %s %j is SQS’s own, and the older one', async (operation, parameters, status, code, olderName) => {
    const reply = await call(operation, 'QueueUrl' in parameters ? { ...parameters, QueueUrl: url } : parameters);
    expect(reply).toMatchObject({ status, body: { __type: `com.amazonaws.sqs#${code}` }, olderName: `${olderName};Sender` });
  });
});

describe('message attributes', () => {
  it.each([undefined, []])('are not given to who names %j', async (names) => {
    const message = await sendAndReceive(names);
    expect(Object.keys(message).sort()).toEqual(['Body', 'MD5OfBody', 'MessageId', 'ReceiptHandle']);
  });

  it.each([
    [['other'], ['other']],
    [['All'], ['origin', 'other']],
  ])('are given to who names %j', async (names, given) => {
    expect(await sendAndReceive(names)).toMatchObject({ MD5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(Object.keys((await sendAndReceive(names)).MessageAttributes as object).sort()).toEqual(given);
  });
});

describe('a receipt handle that was never given', () => {
  it.each(['DeleteMessage', 'ChangeMessageVisibility'])('is refused by %s', async (operation) => {
    const reply = await call(operation, { QueueUrl: url, ReceiptHandle: NEVER_GIVEN, VisibilityTimeout: 5 });
    expect(reply).toMatchObject({ status: 404, body: { __type: 'com.amazonaws.sqs#ReceiptHandleIsInvalid' } });
  });

  it.each(['DeleteMessageBatch', 'ChangeMessageVisibilityBatch'])('is refused alone by %s', async (operation) => {
    const { ReceiptHandle } = await sendAndReceive();
    const entry = { VisibilityTimeout: 5 };
    const Entries = [
      { Id: 'good', ReceiptHandle, ...entry },
      { Id: 'bad', ReceiptHandle: NEVER_GIVEN, ...entry },
    ];
    expect(await sqs.call(operation, { QueueUrl: url, Entries })).toMatchObject({
      Successful: [{ Id: 'good' }],
      Failed: [{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }],
    });
  });

  it('is not one whose message is gone: a second delete is taken, and a hold is not', async () => {
    const { ReceiptHandle } = await sendAndReceive();
    const handle = { QueueUrl: url, ReceiptHandle, VisibilityTimeout: 5 };
    expect((await call('DeleteMessage', handle)).status).toBe(200);
    expect((await call('DeleteMessage', handle)).status).toBe(200);
    expect(await call('ChangeMessageVisibility', handle)).toMatchObject({
      status: 400,
      olderName: expect.stringContaining('MessageNotInflight'),
    });
  });
});
