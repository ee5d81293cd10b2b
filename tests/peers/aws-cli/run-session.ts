import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DEFAULT_TENANT, type StackFile } from '@signalbox/contracts';
import { createProducer, question } from '../../e2e/kit/producer.ts';
import type { Aws } from '../kit/aws-program.ts';
import type { Comparison } from '../kit/report.ts';

export type Session = { aws: Aws; stack: StackFile; folder: string };

/** Over the size from which awscli sends in parts. */
const LARGE_BYTES = 9 * 1024 * 1024;

/** What a person does by awscli, and what was put in or came out by other ways. `ours` is what awscli got. */
export async function runSession(session: Session): Promise<Comparison[]> {
  await mkdir(session.folder, { recursive: true });
  // Two at a time: awscli takes a second of a core for each call.
  const halves = [
    [sendAndReceive, askAndLookUp, refusals],
    [putEvents, readConfiguration, copyFiles],
  ];
  return (await Promise.all(halves.map((parts) => inTurn(parts, session)))).flat();
}

async function inTurn(parts: readonly ((session: Session) => Promise<Comparison[]>)[], session: Session): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const part of parts) comparisons.push(...(await part(session)));
  return comparisons;
}

async function sendAndReceive({ aws, stack }: Session): Promise<Comparison[]> {
  const sqs = new SQSClient({ region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl });
  const { QueueUrl: url } = await aws('sqs', 'create-queue', '--queue-name', 'peer-cli', '--attributes', 'VisibilityTimeout=60');
  const body = '{"text":"Hà Nội 😀"}';
  const attribute = { DataType: 'String', StringValue: 'm-1' };
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, MessageAttributes: { origin: attribute } }));
  const received = await aws(
    'sqs',
    'receive-message',
    '--queue-url',
    url,
    '--message-attribute-names',
    'All',
    '--attribute-names',
    'All',
    '--wait-time-seconds',
    '5',
  );
  const [message] = received.Messages;
  const { ReceiptHandle: handle, Attributes: attributes, ...rest } = message;
  await aws('sqs', 'change-message-visibility', '--queue-url', url, '--receipt-handle', handle, '--visibility-timeout', '30');
  await aws('sqs', 'delete-message', '--queue-url', url, '--receipt-handle', handle);
  const depth = await aws('sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'All');
  const found = await aws('sqs', 'get-queue-url', '--queue-name', 'peer-cli');
  const expected = {
    MessageId: sent.MessageId,
    Body: body,
    MD5OfBody: sent.MD5OfMessageBody,
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    MessageAttributes: { origin: attribute },
  };
  return [
    { name: 'sqs get-queue-url', ours: found.QueueUrl, theirs: url },
    { name: 'sqs receive-message', ours: rest, theirs: expected },
    { name: 'sqs receive-message: the count of receives', ours: attributes.ApproximateReceiveCount, theirs: '1' },
    { name: 'sqs get-queue-attributes after delete-message', ours: depth.Attributes.ApproximateNumberOfMessagesNotVisible, theirs: '0' },
    {
      name: 'sqs get-queue-attributes: the arn',
      ours: depth.Attributes.QueueArn,
      theirs: `arn:aws:sqs:${stack.region}:${stack.accountId}:peer-cli`,
    },
  ];
}

/** A request sent by awscli is answered, and the table that awscli reads says what the gateway says. */
async function askAndLookUp({ aws, stack }: Session): Promise<Comparison[]> {
  const request = question('What is the capital of France?');
  const sent = await aws('sqs', 'send-message', '--queue-url', stack.queues.standard, '--message-body', JSON.stringify(request));
  const result = await createProducer(stack).waitFor(request.id ?? '');
  const key = JSON.stringify({ pk: { S: `${DEFAULT_TENANT}#${request.id}` } });
  const { Item: item } = await aws(
    'dynamodb',
    'get-item',
    '--table-name',
    stack.tables.inferences ?? '',
    '--key',
    key,
    '--consistent-read',
  );
  const record = JSON.parse(item.record.S);
  const none = await aws('dynamodb', 'get-item', '--table-name', stack.tables.inferences ?? '', '--key', '{"pk":{"S":"nothing"}}');
  return [
    { name: 'dynamodb get-item: the owner is the message that was sent', ours: item.owner.S, theirs: sent.MessageId },
    { name: 'dynamodb get-item: the status', ours: item.status.S, theirs: result.status },
    {
      name: 'dynamodb get-item: the record',
      ours: [record.id, record.servedBy, record.usage, record.costUsd],
      theirs: [result.id, result.servedBy, result.usage, result.costUsd],
    },
    { name: 'dynamodb get-item: the output', ours: JSON.parse(item.output.S), theirs: result.output },
    { name: 'dynamodb get-item of nothing', ours: none, theirs: '' },
  ];
}

/** Through a rule and a target of awscli's own making, into a queue. */
async function putEvents({ aws, stack }: Session): Promise<Comparison[]> {
  const bus = stack.eventBusName;
  const { QueueUrl: url } = await aws('sqs', 'create-queue', '--queue-name', 'peer-cli-events');
  const { Attributes: queue } = await aws('sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'QueueArn');
  const pattern = { source: ['peer.cli'], detail: { n: [{ numeric: ['>', 1] }] } };
  await aws('events', 'put-rule', '--name', 'peer-cli', '--event-bus-name', bus, '--event-pattern', JSON.stringify(pattern));
  const targets = await aws(
    'events',
    'put-targets',
    '--rule',
    'peer-cli',
    '--event-bus-name',
    bus,
    '--targets',
    JSON.stringify([{ Id: 'queue', Arn: queue.QueueArn }]),
  );
  const entry = (n: number) => ({
    Source: 'peer.cli',
    DetailType: 'Asked',
    EventBusName: bus,
    Detail: JSON.stringify({ n, text: 'Hà Nội' }),
  });
  const put = await aws('events', 'put-events', '--entries', JSON.stringify([entry(1), entry(2)]));
  const { Messages: messages } = await aws(
    'sqs',
    'receive-message',
    '--queue-url',
    url,
    '--max-number-of-messages',
    '10',
    '--wait-time-seconds',
    '10',
  );
  const event = JSON.parse(messages[0].Body);
  return [
    { name: 'events put-targets', ours: targets, theirs: { FailedEntryCount: 0, FailedEntries: [] } },
    { name: 'events put-events', ours: [put.FailedEntryCount, put.Entries.length], theirs: [0, 2] },
    {
      name: 'events: what a rule passes',
      ours: messages.map(({ Body }: { Body: string }) => JSON.parse(Body).id),
      theirs: [put.Entries[1].EventId],
    },
    {
      name: 'events: the envelope',
      ours: [event.source, event['detail-type'], event.detail, event.account, event.region, event.version, event.resources],
      theirs: ['peer.cli', 'Asked', { n: 2, text: 'Hà Nội' }, stack.accountId, stack.region, '0', []],
    },
  ];
}

async function readConfiguration({ aws, stack, folder }: Session): Promise<Comparison[]> {
  const { application, environment, profile } = stack.appConfig;
  const ids = [
    '--application-identifier',
    application,
    '--environment-identifier',
    environment,
    '--configuration-profile-identifier',
    profile,
  ];
  const started = await aws('appconfigdata', 'start-configuration-session', ...ids);
  const read = (token: string, file: string) =>
    aws('appconfigdata', 'get-latest-configuration', '--configuration-token', token, join(folder, file));
  const first = await read(started.InitialConfigurationToken, 'table.json');
  const again = await read(first.NextPollConfigurationToken, 'unchanged.json');
  const s3 = new S3Client({ region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl, forcePathStyle: true });
  const copy = await s3.send(new GetObjectCommand({ Bucket: stack.buckets.data, Key: 'routing-table/current.json' }));
  const table = (await readFile(join(folder, 'table.json'))).toString();
  return [
    { name: 'appconfigdata get-latest-configuration', ours: table, theirs: await copy.Body?.transformToString() },
    { name: 'appconfigdata get-latest-configuration: the type', ours: first.ContentType, theirs: 'application/json' },
    { name: 'appconfigdata get-latest-configuration: the label', ours: first.VersionLabel, theirs: `t-${JSON.parse(table).version}` },
    {
      name: 'appconfigdata get-latest-configuration that changed nothing',
      ours: (await readFile(join(folder, 'unchanged.json'))).length,
      theirs: 0,
    },
    {
      name: 'appconfigdata get-latest-configuration: the token changes',
      ours: again.NextPollConfigurationToken !== first.NextPollConfigurationToken,
      theirs: true,
    },
  ];
}

async function copyFiles({ aws, stack, folder }: Session): Promise<Comparison[]> {
  const s3 = new S3Client({ region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl, forcePathStyle: true });
  const Bucket = stack.buckets.data ?? '';
  const large = randomBytes(LARGE_BYTES);
  await writeFile(join(folder, 'large.bin'), large);
  await aws('s3', 'cp', join(folder, 'large.bin'), `s3://${Bucket}/peer/large.bin`);
  const up = await s3.send(new GetObjectCommand({ Bucket, Key: 'peer/large.bin' }));
  const text = 'Hà Nội 😀\n';
  await s3.send(new PutObjectCommand({ Bucket, Key: 'peer/small é.txt', Body: text, ContentType: 'text/plain' }));
  await aws('s3', 'cp', `s3://${Bucket}/peer/small é.txt`, join(folder, 'small.txt'));
  await aws('s3', 'cp', `s3://${Bucket}/peer/large.bin`, join(folder, 'large-back.bin'));
  const listed = await aws('s3api', 'list-objects-v2', '--bucket', Bucket, '--prefix', 'peer/');
  const head = await aws('s3api', 'head-object', '--bucket', Bucket, '--key', 'peer/small é.txt');
  return [
    {
      name: 's3 cp to the bucket, in parts',
      ours: large.equals((await up.Body?.transformToByteArray()) ?? new Uint8Array()),
      theirs: true,
    },
    { name: 's3 cp from the bucket, in ranges', ours: large.equals(await readFile(join(folder, 'large-back.bin'))), theirs: true },
    { name: 's3 cp from the bucket', ours: (await readFile(join(folder, 'small.txt'))).toString(), theirs: text },
    {
      name: 's3api list-objects-v2',
      ours: listed.Contents.map(({ Key, Size }: { Key: string; Size: number }) => [Key, Size]),
      theirs: [
        ['peer/large.bin', LARGE_BYTES],
        ['peer/small é.txt', Buffer.byteLength(text)],
      ],
    },
    { name: 's3api head-object', ours: [head.ContentLength, head.ContentType], theirs: [Buffer.byteLength(text), 'text/plain'] },
  ];
}

/** awscli shows the code of each error as AWS has it. */
async function refusals({ aws, stack }: Session): Promise<Comparison[]> {
  const code = (...words: string[]) =>
    aws(...words).then(
      () => 'taken',
      (error: Error) => /An error occurred \(([^)]+)\)/.exec(error.message)?.[1] ?? error.message,
    );
  const [queue, table, object, token] = await Promise.all([
    code('sqs', 'get-queue-url', '--queue-name', 'peer-none'),
    code('dynamodb', 'get-item', '--table-name', 'peer-none', '--key', '{"pk":{"S":"x"}}'),
    code('s3api', 'get-object', '--bucket', stack.buckets.data ?? '', '--key', 'peer/none', '/dev/null'),
    code('appconfigdata', 'get-latest-configuration', '--configuration-token', 'nothing', '/dev/null'),
  ]);
  return [
    { name: 'a queue that is not there', ours: queue, theirs: 'AWS.SimpleQueueService.NonExistentQueue' },
    { name: 'a table that is not there', ours: table, theirs: 'ResourceNotFoundException' },
    { name: 'an object that is not there', ours: object, theirs: 'NoSuchKey' },
    { name: 'a token that was never given', ours: token, theirs: 'BadRequestException' },
  ];
}
