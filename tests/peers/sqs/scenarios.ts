import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { bodies, ending, seen } from './observe.ts';
import type { Queues } from './queues.ts';

/** Asks one server; gives what it did, in words that can be compared. */
export type Scenario = (queues: Queues) => Promise<unknown>;

const text = (value: string) => ({ DataType: 'String', StringValue: value });
const handleOf = (message: Message | undefined) => message?.ReceiptHandle ?? '';
const entries = <More>(messages: readonly Message[], more: More) =>
  messages.map((message, index) => ({ Id: String(index), ReceiptHandle: handleOf(message), ...more }));

/** What requests, parked copies, replies and dead letters need of a queue. Each has a queue of its own, so that all run at once. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a message with attributes': async ({ client, create, receive }) => {
    const QueueUrl = await create('attributes');
    const MessageAttributes = {
      'origin-message-id': text('m-1'),
      deferrals: { DataType: 'Number', StringValue: '3' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 7]) },
    };
    const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"text":"Hà Nội 😀"}', MessageAttributes }));
    const { MD5OfMessageBody, MD5OfMessageAttributes } = sent;
    return { MD5OfMessageBody, MD5OfMessageAttributes, received: (await receive(QueueUrl)).map(seen) };
  },

  'only the attributes that are asked for': async ({ create, send, receive }) => {
    const url = await create('asked');
    await send(url, 'x', { MessageAttributes: { 'origin-message-id': text('m-1'), other: text('o') } });
    const asked = (names: string[]) =>
      receive(url, { MessageAttributeNames: names, MessageSystemAttributeNames: [], VisibilityTimeout: 0 });
    const keys = async (names: string[]) =>
      (await asked(names)).map((each) => [Object.keys(each.MessageAttributes ?? {}).sort(), Object.keys(each.Attributes ?? {})]);
    return {
      none: await keys([]),
      one: await keys(['other']),
      system: (await receive(url)).map(({ Attributes }) => Attributes?.ApproximateReceiveCount),
    };
  },

  'a delay': async ({ create, send, receive, attributes }) => {
    const url = await create('delay');
    await send(url, 'parked', { DelaySeconds: 5 });
    const early = bodies(await receive(url));
    const { ApproximateNumberOfMessagesDelayed: delayed } = await attributes(url, 'ApproximateNumberOfMessagesDelayed');
    return { early, delayed, late: (await receive(url, { WaitTimeSeconds: 10 })).map(seen) };
  },

  'a delay of the queue, and one of the message instead': async ({ create, send, receive }) => {
    const url = await create('queue-delay', { DelaySeconds: '5' });
    await send(url, 'as the queue says');
    await send(url, 'at once', { DelaySeconds: 0 });
    return [bodies(await receive(url)), bodies(await receive(url, { WaitTimeSeconds: 10 }))];
  },

  'a delay that is too long': async ({ client, create }) => {
    const QueueUrl = await create('long-delay');
    return ending(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 901 })));
  },

  'a batch of ten': async ({ client, create, receive }) => {
    const QueueUrl = await create('batch');
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: `e${index}`, MessageBody: `body ${index}` }));
    const { Successful = [], Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const sent = Successful.map(({ Id, MD5OfMessageBody }) => [Id, MD5OfMessageBody]).sort();
    return { sent, failed: Failed.length, received: bodies(await receive(QueueUrl)) };
  },

  'a batch of which one is refused': async ({ client, create }) => {
    const QueueUrl = await create('partial');
    const Entries = [
      { Id: 'good', MessageBody: 'x' },
      { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
    ];
    return ending(client.send(new SendMessageBatchCommand({ QueueUrl, Entries })), ({ Successful = [], Failed = [] }) => ({
      successful: Successful.map(({ Id }) => Id),
      failed: Failed.map(({ Id, SenderFault }) => [Id, SenderFault]),
    }));
  },

  'batches that are refused whole': async ({ client, create }) => {
    const QueueUrl = await create('refused');
    const send = (ids: string[]) =>
      ending(client.send(new SendMessageBatchCommand({ QueueUrl, Entries: ids.map((Id) => ({ Id, MessageBody: 'x' })) })));
    const many = Array.from({ length: 11 }, (_, index) => String(index));
    return { twice: await send(['a', 'a']), many: await send(many), empty: await send([]), name: await send(['a b']) };
  },

  'a message that is held, and given back': async ({ client, create, send, receive }) => {
    const QueueUrl = await create('hold', { VisibilityTimeout: '30' });
    await send(QueueUrl, 'x');
    const [first] = await receive(QueueUrl);
    const held = bodies(await receive(QueueUrl));
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: handleOf(first), VisibilityTimeout: 0 }));
    return { held, back: (await receive(QueueUrl)).map(seen) };
  },

  'a batch of holds': async ({ client, create, send, receive }) => {
    const QueueUrl = await create('holds', { VisibilityTimeout: '5' });
    for (let index = 0; index < 6; index++) await send(QueueUrl, `body ${index}`);
    const messages = await receive(QueueUrl);
    const [kept, released] = [messages.slice(0, 3), messages.slice(3)];
    const hold = (some: Message[], VisibilityTimeout: number) =>
      client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: entries(some, { VisibilityTimeout }) }));
    const { Successful = [] } = await hold(kept, 20);
    await hold(released, 0);
    await sleep(5_500);
    const back = await receive(QueueUrl);
    return {
      received: messages.length,
      changed: Successful.map(({ Id }) => Id).sort(),
      backIsWhatWasReleased: bodies(back).join() === bodies(released).join(),
      counts: back.map(({ Attributes }) => Attributes?.ApproximateReceiveCount),
    };
  },

  'holds by handles that mean nothing': async ({ client, create }) => {
    const QueueUrl = await create('no-handle');
    const Entries = [{ Id: 'none', ReceiptHandle: 'nothing', VisibilityTimeout: 5 }];
    const batch = client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    return {
      single: await ending(client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: 'nothing', VisibilityTimeout: 5 }))),
      batch: await ending(batch, ({ Failed = [] }) => Failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])),
    };
  },

  'a hold that is too long': async ({ client, create, send, receive }) => {
    const QueueUrl = await create('long-hold');
    await send(QueueUrl, 'x');
    const [message] = await receive(QueueUrl);
    return ending(
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: handleOf(message), VisibilityTimeout: 43_201 })),
    );
  },

  'a hold that ends by itself': async ({ client, create, send, receive }) => {
    const QueueUrl = await create('expire', { VisibilityTimeout: '1' });
    await send(QueueUrl, 'x');
    const [first] = await receive(QueueUrl);
    const [second] = await receive(QueueUrl, { WaitTimeSeconds: 10, VisibilityTimeout: 20 });
    // The first holder is too late to give it back or to settle it, or is not: that is the question.
    const release = await ending(
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: handleOf(first), VisibilityTimeout: 0 })),
    );
    return { count: second?.Attributes?.ApproximateReceiveCount, isSameMessage: first?.MessageId === second?.MessageId, release };
  },

  'messages that are deleted': async ({ client, create, send, receive, attributes }) => {
    const QueueUrl = await create('delete', { VisibilityTimeout: '5' });
    for (const body of ['a', 'b', 'c']) await send(QueueUrl, body);
    const messages = await receive(QueueUrl);
    const [one, ...others] = messages;
    const remove = () => ending(client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handleOf(one) })));
    const [first, again] = [await remove(), await remove()];
    const { Successful = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries(others, {}) }));
    await sleep(5_500);
    const { ApproximateNumberOfMessages: left } = await attributes(QueueUrl, 'ApproximateNumberOfMessages');
    return { first, again, batch: Successful.map(({ Id }) => Id).sort(), left, received: bodies(await receive(QueueUrl)) };
  },

  'a delete by a handle that means nothing': async ({ client, create }) => {
    const QueueUrl = await create('no-delete');
    return ending(client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'nothing' })));
  },

  'a dead letter': async ({ create, send, receive, attributes }) => {
    const dead = await create('dead');
    const { QueueArn: deadLetterTargetArn } = await attributes(dead, 'QueueArn');
    const url = await create('dying', { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }) });
    await send(url, 'poison', { MessageAttributes: { 'origin-message-id': text('m-1') } });
    const received = [];
    for (let turn = 0; turn < 3; turn++) received.push(bodies(await receive(url, { VisibilityTimeout: 0 })));
    const [letter, ...more] = await receive(dead, { WaitTimeSeconds: 3 });
    if (letter === undefined) return { received, letter };
    const { Body, MessageAttributes, MD5OfMessageAttributes } = letter;
    return { received, Body, MessageAttributes, MD5OfMessageAttributes, more: more.length };
  },

  'the count of receives of a dead letter': async ({ create, send, receive, attributes }) => {
    const dead = await create('dead-count');
    const { QueueArn: deadLetterTargetArn } = await attributes(dead, 'QueueArn');
    const url = await create('dying-count', { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }) });
    await send(url, 'poison');
    for (let turn = 0; turn < 2; turn++) await receive(url, { VisibilityTimeout: 0 });
    return (await receive(dead, { WaitTimeSeconds: 3 })).map(({ Attributes }) => Attributes?.ApproximateReceiveCount);
  },

  'a message group on a standard queue': async ({ client, create, receive }) => {
    const QueueUrl = await create('group');
    const sent = await ending(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageGroupId: 'tenant-1' })));
    return { sent, received: (await receive(QueueUrl)).map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId]) };
  },

  'a trace header': async ({ create, send, receive }) => {
    const url = await create('trace');
    await send(url, 'x', { MessageSystemAttributes: { AWSTraceHeader: text('Root=1-5e3d83c1-e6a0db584d6f7f0f6a0f5f0f') } });
    return (await receive(url)).map(({ Attributes }) => Attributes?.AWSTraceHeader);
  },

  'a long poll that a message ends': async ({ create, send, receive }) => {
    const url = await create('poll');
    const started = Date.now();
    const polled = receive(url, { WaitTimeSeconds: 15 });
    await sleep(300);
    await send(url, 'x');
    return { received: bodies(await polled), isPrompt: Date.now() - started < 10_000 };
  },

  'a long poll of nothing': async ({ create, receive }) => {
    const url = await create('nothing');
    const started = Date.now();
    const received = bodies(await receive(url, { WaitTimeSeconds: 1 }));
    return { received, waited: Date.now() - started >= 900 };
  },

  'bodies at the limits': async ({ client, create }) => {
    const QueueUrl = await create('limits', { MaximumMessageSize: '262144' });
    const send = (MessageBody: string) => ending(client.send(new SendMessageCommand({ QueueUrl, MessageBody })));
    return {
      largest: await send('x'.repeat(262_144)),
      larger: await send('x'.repeat(262_145)),
      empty: await send(''),
      control: await send('a\u0000b'),
    };
  },

  'a body of a mebibyte': async ({ client, create, receive }) => {
    const QueueUrl = await create('mebibyte', { MaximumMessageSize: '1048576' });
    const sent = await ending(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(1_048_576) })));
    return { sent, received: (await receive(QueueUrl)).map(({ Body, MD5OfBody }) => [Body?.length, MD5OfBody]) };
  },

  'queues that are not there': async ({ client, create, send }) => {
    const missing = (await create('present')).replace('peer-present', 'peer-absent');
    return {
      url: await ending(client.send(new GetQueueUrlCommand({ QueueName: 'peer-absent' }))),
      send: await ending(send(missing, 'x')),
    };
  },

  'a queue that is there': async ({ client, create }) => {
    const url = await create('twice', { VisibilityTimeout: '45' });
    const again = (VisibilityTimeout: string) =>
      ending(
        client.send(new CreateQueueCommand({ QueueName: 'peer-twice', Attributes: { VisibilityTimeout } })),
        ({ QueueUrl }) => QueueUrl === url,
      );
    return { same: await again('45'), other: await again('46') };
  },

  'what a queue says of itself': async ({ create, attributes }) => {
    const url = await create('self', { VisibilityTimeout: '45', MessageRetentionPeriod: '1209600', ReceiveMessageWaitTimeSeconds: '1' });
    const said = await attributes(
      url,
      'VisibilityTimeout',
      'MessageRetentionPeriod',
      'ReceiveMessageWaitTimeSeconds',
      'DelaySeconds',
      'QueueArn',
    );
    return said;
  },

  'how many messages a queue has': async ({ create, send, receive, attributes }) => {
    const url = await create('depth');
    for (const body of ['a', 'b', 'c']) await send(url, body);
    await send(url, 'd', { DelaySeconds: 60 });
    await receive(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 60 });
    return attributes(url, 'ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed');
  },

  'a queue that is emptied': async ({ client, create, send, receive }) => {
    const QueueUrl = await create('purge');
    await send(QueueUrl, 'x');
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    return bodies(await receive(QueueUrl));
  },

  'more messages than may be asked for': async ({ create, receive }) => {
    const url = await create('eleven');
    return ending(receive(url, { MaxNumberOfMessages: 11 }), bodies);
  },
};
