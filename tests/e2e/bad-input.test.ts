import { createHash } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { InferenceRejected } from '@signalbox/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';

let running: RunningStack;
let producer: Producer;
let bus: BusListener;
let s3: S3Client;

beforeAll(async () => {
  running = await startStack();
  producer = createProducer(running.stack);
  bus = await listenToBus(running.stack);
  s3 = new S3Client({ region: running.stack.region, credentials: running.stack.credentials, endpoint: running.stack.awsEndpointUrl });
});
afterAll(() => running.stop());

const hash = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const whole = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'From S3' }] }] });
const claimCheck = (key: string, sha256: string) => ({ schemaVersion: '1.0', payload: { key, sha256 } });

/** [what is wrong, the body, the reason it gets, the path it names] */
const bad: [string, unknown, string, string][] = [
  ['not JSON', 'this is not JSON', 'malformed', ''],
  ['an array', '[]', 'malformed', ''],
  ['null', 'null', 'malformed', ''],
  ['a wrong type', { schemaVersion: '1.0', messages: 'hello' }, 'malformed', 'messages'],
  ['a wrong role', { schemaVersion: '1.0', messages: [{ role: 'robot', content: [{ text: 'x' }] }] }, 'malformed', 'messages[0].role'],
  ['an unknown route', question('x', { route: 'nowhere' }), 'unknown-route', 'route'],
  ['an unknown field', { ...question('x'), temprature: 1 }, 'malformed', 'temprature'],
  ['empty messages', { schemaVersion: '1.0', messages: [] }, 'malformed', 'messages'],
  ['no version', { messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'malformed', 'schemaVersion'],
  ['a body over the inline limit', question('x'.repeat(257 * 1024)), 'too-large', ''],
  [
    'a prototype key',
    '{"schemaVersion":"1.0","__proto__":{"a":1},"messages":[{"role":"user","content":[{"text":"x"}]}]}',
    'malformed',
    '__proto__',
  ],
  [
    'a nested prototype key',
    '{"schemaVersion":"1.0","messages":[{"role":"user","content":[{"text":"x"}]}],"additionalModelRequestFields":{"__proto__":{"a":1}}}',
    'malformed',
    'additionalModelRequestFields.__proto__',
  ],
  ['an older major version', { ...question('x'), schemaVersion: '0.9' }, 'malformed', 'schemaVersion'],
  ['a deadline too far', question('x', { deadline: new Date(Date.now() + 13 * 86_400_000).toISOString() }), 'deadline-too-far', 'deadline'],
  ['an unknown reply queue', question('x', { reply: { queue: 'nowhere' } }), 'unknown-reply-queue', 'reply.queue'],
  ['a claim check without object', claimCheck('payloads/default/none.json', hash('')), 'payload-missing', 'payload.key'],
  ['a claim check of another tenant', claimCheck('payloads/other/good.json', hash(whole)), 'payload-foreign', 'payload.key'],
  ['a claim check that climbs', claimCheck('payloads/default/../other/good.json', hash(whole)), 'payload-foreign', 'payload.key'],
  [
    'a claim check in another bucket',
    { schemaVersion: '1.0', payload: { key: 'payloads/default/good.json', bucket: 'elsewhere', sha256: hash(whole) } },
    'payload-foreign',
    'payload.key',
  ],
  ['a wrong digest', claimCheck('payloads/default/good.json', hash('something else')), 'payload-digest', 'payload.sha256'],
  ['broken UTF-8', claimCheck('payloads/default/broken.json', hash(new Uint8Array([0x7b, 0xff, 0x7d]))), 'payload-malformed', 'payload'],
];

it('rejects each bad message for its own reason, keeps it in the rejected queue, and answers its nine neighbours', async () => {
  await put('payloads/default/good.json', whole);
  await put('payloads/other/good.json', whole);
  await put('payloads/default/broken.json', new Uint8Array([0x7b, 0xff, 0x7d]));
  for (const [name, body, reason, path] of bad) {
    const neighbours = Array.from({ length: 9 }, (_, index) => question(`Neighbour ${index} of ${name}`));
    // Neighbours around it, so that it lies in the middle of their batch.
    await producer.sendMany(neighbours.slice(0, 5));
    const messageId = await producer.send(body);
    await producer.sendMany(neighbours.slice(5));
    const results = await producer.waitForAll(neighbours.map(({ id }) => id ?? ''));
    expect(
      results.map(({ status }) => status),
      name,
    ).toEqual(Array(9).fill('succeeded'));
    const [event] = await bus.waitFor(({ detailType, data }) => detailType === 'InferenceRejected' && data.messageId === messageId);
    const { data } = InferenceRejected.parse({ metadata: event?.metadata, data: event?.data });
    expect(data, name).toMatchObject({ reason, problems: [expect.objectContaining({ path })] });
    expect(data.problems[0]?.message, name).toMatch(/\w{2}/);
    const rejected = await takeRejected();
    expect(rejected, name).toMatchObject({ reason, body: typeof body === 'string' ? body : JSON.stringify(body) });
  }
}, 120_000);

it('answers a claim check that is right', async () => {
  await put('payloads/default/good.json', whole);
  const request = { ...claimCheck('payloads/default/good.json', hash(whole)), id: `claim-${Date.now()}` };
  await producer.send(request);
  expect(await producer.waitFor(request.id)).toMatchObject({ status: 'succeeded' });
});

it('ends a request whose deadline has passed as expired, with its event', async () => {
  const request = question('Too late', { deadline: new Date(Date.now() - 60_000).toISOString() });
  await producer.send(request);
  expect(await producer.waitFor(request.id ?? '')).toMatchObject({ status: 'expired' });
  await bus.waitFor(({ detailType, data }) => detailType === 'InferenceExpired' && data.id === request.id);
});

it('tolerates unknown fields of a newer minor version', async () => {
  const request = { ...question('From the future'), schemaVersion: '1.7', shinyNewField: true };
  await producer.send(request);
  expect(await producer.waitFor(request.id ?? '')).toMatchObject({ status: 'succeeded' });
});

it('parks a newer major version instead of refusing it at once', async () => {
  const request = { ...question('From far ahead'), schemaVersion: '2.0' };
  await producer.send(request);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await producer.result(request.id ?? '')).toBeUndefined();
  expect((await bus.drain()).some(({ data }) => data.id === request.id)).toBe(false);
});

it('leaves the first request untouched when its id comes again with another body', async () => {
  const first = question('The first body');
  await producer.send(first);
  const answered = await producer.waitFor(first.id ?? '');
  const messageId = await producer.send({ ...question('Another body'), id: first.id });
  const [event] = await bus.waitFor(({ detailType, data }) => detailType === 'InferenceRejected' && data.messageId === messageId);
  expect(event?.data).toMatchObject({ reason: 'id-reused', id: first.id });
  expect(await producer.result(first.id ?? '')).toEqual(answered);
});

it('notes a refused message under the id it gave, and lets the id be used by a corrected one', async () => {
  const wrong = { ...question('x'), oops: 1 };
  await producer.send(wrong);
  expect(await producer.waitFor(wrong.id ?? '')).toMatchObject({
    status: 'rejected',
    error: { code: 'malformed', problems: [{ path: 'oops' }] },
  });
  const { oops: _gone, ...right } = wrong;
  await producer.send(right);
  await bus.waitFor(({ detailType, data }) => detailType === 'InferenceCompleted' && data.id === wrong.id);
  expect(await producer.result(wrong.id ?? '')).toMatchObject({ status: 'succeeded' });
});

async function put(Key: string, Body: string | Uint8Array): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: running.stack.buckets.data ?? '', Key, Body }));
}

async function takeRejected(): Promise<{ reason?: string; body?: string }> {
  const { Messages: [message] = [] } = await producer.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: running.stack.queues.rejected,
      MessageAttributeNames: ['All'],
      WaitTimeSeconds: 5,
      VisibilityTimeout: 600,
    }),
  );
  const reason = message?.MessageAttributes?.reason?.StringValue;
  return { ...(reason === undefined ? {} : { reason }), ...(message?.Body === undefined ? {} : { body: message.Body }) };
}
