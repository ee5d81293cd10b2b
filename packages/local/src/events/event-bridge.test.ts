import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListArchivesCommand,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogLine } from '../service.ts';
import { startAwsTestServer } from './aws-test-server.ts';
import { createEventBridge, type EventBridge } from './event-bridge.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:health';
const DEAD_LETTERS = 'arn:aws:sqs:eu-west-1:123456789012:dead';
const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:on-event';

const lines: LogLine[] = [];
const sent: { queueArn: string; body: Record<string, unknown>; attributes?: Record<string, string> }[] = [];
const invoked: { functionArn: string; event: unknown }[] = [];
let sendToQueue = vi.fn<(queueArn: string, body: string, attributes?: Record<string, string>) => Promise<void>>();
let folder: string;
let bridge: EventBridge;
let server: Awaited<ReturnType<typeof startAwsTestServer>>;
let client: EventBridgeClient;

async function start() {
  bridge = createEventBridge({
    region: 'eu-west-1',
    accountId: '123456789012',
    stateFile: join(folder, 'events.json'),
    sendToQueue: (...message) => sendToQueue(...message),
    invokeFunction: async (functionArn, event) => void invoked.push({ functionArn, event }),
    log: (line) => lines.push(line),
  });
  bridge.createBus('signalbox');
  server = await startAwsTestServer(bridge.service);
  client = new EventBridgeClient({
    endpoint: server.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
}

async function stop() {
  bridge.stop();
  client.destroy();
  await server.close();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'event-bridge-'));
  sendToQueue = vi.fn(
    async (queueArn, body, attributes) => void sent.push({ queueArn, body: JSON.parse(body), ...(attributes && { attributes }) }),
  );
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true });
  for (const list of [lines, sent, invoked]) list.length = 0;
});

const entry = (overrides: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  Source: 'signalbox.inference',
  DetailType: 'InferenceCompleted',
  Detail: '{"data":{"route":"default"}}',
  EventBusName: 'signalbox',
  ...overrides,
});
const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));
const toQueue = (target: object = {}) =>
  bridge.createRule({
    name: 'health',
    busName: 'signalbox',
    eventPattern: { source: ['signalbox.inference'] },
    targets: [{ id: 'queue', arn: QUEUE, ...target }],
  });

describe('PutEvents', () => {
  it('has the event in the queue, in its envelope, before it answers', async () => {
    toQueue();
    const reply = await put(entry({ Time: new Date('2026-09-21T15:33:20.860Z'), Resources: ['arn:aws:x'] }));
    expect(reply).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }] });
    expect(sent).toEqual([
      {
        queueArn: QUEUE,
        body: {
          version: '0',
          id: reply.Entries?.[0]?.EventId,
          'detail-type': 'InferenceCompleted',
          source: 'signalbox.inference',
          account: '123456789012',
          time: '2026-09-21T15:33:20Z',
          region: 'eu-west-1',
          resources: ['arn:aws:x'],
          detail: { data: { route: 'default' } },
        },
      },
    ]);
  });

  it('delivers to every rule that matches, on the bus it was put to, by name or ARN', async () => {
    toQueue();
    bridge.createRule({
      name: 'other-source',
      busName: 'signalbox',
      eventPattern: { source: ['other'] },
      targets: [{ id: '1', arn: QUEUE }],
    });
    bridge.createRule({
      name: 'other-bus',
      busName: 'default',
      eventPattern: { source: ['signalbox.inference'] },
      targets: [{ id: '1', arn: QUEUE }],
    });
    bridge.createRule({
      name: 'off',
      busName: 'signalbox',
      state: 'DISABLED',
      eventPattern: { source: ['signalbox.inference'] },
      targets: [{ id: '1', arn: QUEUE }],
    });
    bridge.createRule({
      name: 'function',
      busName: 'signalbox',
      eventPattern: { 'detail-type': [{ prefix: 'Inference' }] },
      targets: [{ id: '1', arn: FUNCTION }],
    });
    await put(
      entry(),
      entry({ EventBusName: 'arn:aws:events:eu-west-1:123456789012:event-bus/signalbox', Source: 'other', DetailType: 'Other' }),
    );
    expect(sent.map(({ body }) => body.source)).toEqual(['signalbox.inference', 'other']);
    await vi.waitFor(() =>
      expect(invoked).toEqual([{ functionArn: FUNCTION, event: expect.objectContaining({ 'detail-type': 'InferenceCompleted' }) }]),
    );
  });

  it.each([
    ['no source', { Source: '' }, 'InvalidArgument', 'Source is a required argument'],
    ['no detail type', { DetailType: '' }, 'InvalidArgument', 'DetailType is a required argument'],
    ['no detail', { Detail: '' }, 'InvalidArgument', 'Detail is a required argument'],
    ['a detail that is not JSON', { Detail: '{' }, 'MalformedDetail', 'Detail is malformed'],
    ['a detail that is a list', { Detail: '[]' }, 'MalformedDetail', 'Detail is malformed'],
    ['a source of AWS', { Source: 'aws.s3' }, 'NotAuthorizedForSourceException', 'Not authorized for the source'],
  ])('refuses an entry with %s and takes the others, in order', async (_name, wrong, code, message) => {
    toQueue();
    const reply = await put(entry(wrong), entry());
    expect(reply.FailedEntryCount).toBe(1);
    expect(reply.Entries).toEqual([{ ErrorCode: code, ErrorMessage: expect.stringContaining(message) }, { EventId: expect.any(String) }]);
    expect(sent).toHaveLength(1);
  });

  it('refuses a request that is empty, too long or too large', async () => {
    await expect(put()).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put(...Array.from({ length: 11 }, () => entry()))).rejects.toThrow('between 1 and 10');
    await expect(put(entry({ Detail: JSON.stringify({ text: 'x'.repeat(1_048_576) }) }))).rejects.toThrow('over the limit');
  });

  it('drops an event for an unknown bus as AWS does, but says so loudly', async () => {
    expect(await put(entry({ EventBusName: 'nowhere' }))).toMatchObject({ FailedEntryCount: 0 });
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringMatching(/DROPPED.*nowhere/) }));
  });
});

describe('a delivery', () => {
  it('that fails is tried again until it works', async () => {
    toQueue();
    sendToQueue.mockRejectedValueOnce(new Error('connect ECONNREFUSED')).mockRejectedValueOnce(new Error('connect ECONNREFUSED'));
    expect(await put(entry())).toMatchObject({ FailedEntryCount: 0 });
    await vi.waitFor(() => expect(sent).toHaveLength(1), { timeout: 3000 });
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      expect.stringMatching(/^warn .*health.*will be tried again: connect ECONNREFUSED/),
      expect.stringMatching(/^info .*delivered after 2 retries/),
    ]);
  });

  it('that keeps failing goes to the dead-letter queue with the reason', async () => {
    toQueue({ deadLetterArn: DEAD_LETTERS, retryPolicy: { maximumRetryAttempts: 1 } });
    sendToQueue.mockRejectedValueOnce(new Error('no')).mockRejectedValueOnce(new Error('still no'));
    await put(entry());
    await vi.waitFor(() => expect(sent).toHaveLength(1), { timeout: 3000 });
    expect(sent[0]).toMatchObject({
      queueArn: DEAD_LETTERS,
      body: { 'detail-type': 'InferenceCompleted' },
      attributes: {
        RULE_ARN: 'arn:aws:events:eu-west-1:123456789012:rule/signalbox/health',
        TARGET_ARN: QUEUE,
        ERROR_MESSAGE: 'still no',
        RETRY_ATTEMPTS: '1',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      },
    });
    expect(lines.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('dead-letter queue') });
  });

  it('to a queue that does not exist is not tried again, and is reported as lost without a dead-letter queue', async () => {
    toQueue();
    sendToQueue.mockRejectedValueOnce(new Error('AWS.SimpleQueueService.NonExistentQueue'));
    await put(entry());
    await vi.waitFor(() =>
      expect(lines.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('LOST after 0 retries') }),
    );
    expect(sendToQueue).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['a constant', { input: '{"fixed":1}' }, { fixed: 1 }],
    ['a part', { inputPath: '$.detail.data' }, { route: 'default', items: [{ n: 7 }] }],
    ['a part of a list', { inputPath: "$.detail['data'].items[0].n" }, 7],
    ['a part that is not there', { inputPath: '$.detail.nothing' }, null],
    [
      'a template',
      {
        inputTransformer: {
          inputPathsMap: { route: '$.detail.data.route', items: '$.detail.data.items', none: '$.detail.none' },
          inputTemplate:
            '{"text":"route \\"<route>\\"<none>","items":<items>,"none":<none>,"rule":"<aws.events.rule-name>","unknown":"<other>"}',
        },
      },
      { text: 'route "default"', items: [{ n: 7 }], none: null, rule: 'health', unknown: '<other>' },
    ],
  ])('sends %s instead of the event when the target says so', async (_name, target, expected) => {
    toQueue(target);
    await put(entry({ Detail: '{"data":{"route":"default","items":[{"n":7}]}}' }));
    expect(sent[0]?.body).toEqual(expected);
  });
});

describe('rules of the API', () => {
  const pattern = '{"source":["signalbox.inference"]}';

  it('can be made, read, switched, listed and removed', async () => {
    const { RuleArn } = await client.send(
      new PutRuleCommand({ Name: 'mine', EventBusName: 'signalbox', EventPattern: pattern, Description: 'for a test' }),
    );
    expect(RuleArn).toBe('arn:aws:events:eu-west-1:123456789012:rule/signalbox/mine');
    const Target = {
      Id: 'queue',
      Arn: QUEUE,
      InputPath: '$.detail',
      DeadLetterConfig: { Arn: DEAD_LETTERS },
      RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 60 },
    };
    expect(await client.send(new PutTargetsCommand({ Rule: 'mine', EventBusName: 'signalbox', Targets: [Target] }))).toMatchObject({
      FailedEntryCount: 0,
    });
    expect(await client.send(new DescribeRuleCommand({ Name: 'mine', EventBusName: 'signalbox' }))).toMatchObject({
      Name: 'mine',
      Arn: RuleArn,
      EventPattern: pattern,
      State: 'ENABLED',
      Description: 'for a test',
      EventBusName: 'signalbox',
    });
    expect((await client.send(new ListTargetsByRuleCommand({ Rule: 'mine', EventBusName: 'signalbox' }))).Targets).toEqual([Target]);
    await put(entry());
    expect(sent.map(({ body }) => body)).toEqual([{ data: { route: 'default' } }]);

    await client.send(new DisableRuleCommand({ Name: 'mine', EventBusName: 'signalbox' }));
    await put(entry());
    expect(sent).toHaveLength(1);
    await client.send(new EnableRuleCommand({ Name: 'mine', EventBusName: 'signalbox' }));
    await put(entry());
    expect(sent).toHaveLength(2);

    expect((await client.send(new ListRulesCommand({ EventBusName: 'signalbox', NamePrefix: 'mi' }))).Rules).toHaveLength(1);
    await expect(client.send(new DeleteRuleCommand({ Name: 'mine', EventBusName: 'signalbox' }))).rejects.toThrow('has targets');
    expect(await client.send(new RemoveTargetsCommand({ Rule: 'mine', EventBusName: 'signalbox', Ids: ['queue', 'other'] }))).toMatchObject(
      { FailedEntryCount: 1, FailedEntries: [{ TargetId: 'other', ErrorCode: 'ResourceNotFoundException' }] },
    );
    await client.send(new DeleteRuleCommand({ Name: 'mine', EventBusName: 'signalbox' }));
    await expect(client.send(new DescribeRuleCommand({ Name: 'mine', EventBusName: 'signalbox' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('survive a restart with their targets and buses; rules of a template do not', async () => {
    toQueue();
    await client.send(new CreateEventBusCommand({ Name: 'own' }));
    await client.send(new PutRuleCommand({ Name: 'mine', EventBusName: 'own', EventPattern: pattern }));
    await client.send(new PutTargetsCommand({ Rule: 'mine', EventBusName: 'own', Targets: [{ Id: 'queue', Arn: QUEUE }] }));
    expect(readdirSync(folder)).toEqual(['events.json']);
    await stop();
    await start();
    await put(entry({ EventBusName: 'own' }), entry());
    expect(sent).toHaveLength(1);
    expect((await client.send(new ListRulesCommand({ EventBusName: 'signalbox' }))).Rules).toEqual([]);
  });

  it.each([
    ['without pattern and schedule', { Name: 'x' }, 'ValidationException'],
    ['with a pattern that is not one', { Name: 'x', EventPattern: '{"source":[{"sufix":"x"}]}' }, 'InvalidEventPatternException'],
    ['with a pattern that is not JSON', { Name: 'x', EventPattern: '{' }, 'InvalidEventPatternException'],
    ['with a schedule that is not one', { Name: 'x', ScheduleExpression: 'rate(1 minutes)' }, 'ValidationException'],
    [
      'with a schedule on another bus',
      { Name: 'x', ScheduleExpression: 'rate(1 minute)', EventBusName: 'signalbox' },
      'ValidationException',
    ],
    ['on a bus that does not exist', { Name: 'x', EventPattern: pattern, EventBusName: 'nowhere' }, 'ResourceNotFoundException'],
  ])('%s are refused', async (_name, input, name) => {
    await expect(client.send(new PutRuleCommand(input))).rejects.toMatchObject({ name });
  });

  it('refuse targets that cannot be served', async () => {
    await client.send(new PutRuleCommand({ Name: 'mine', EventPattern: pattern }));
    const targets = (...Targets: { Id: string; Arn: string; Input?: string }[]) =>
      client.send(new PutTargetsCommand({ Rule: 'mine', Targets }));
    await expect(targets({ Id: '1', Arn: 'arn:aws:kinesis:eu-west-1:1:stream/x' })).rejects.toMatchObject({
      name: 'NotImplementedException',
      message: expect.stringContaining('kinesis'),
    });
    await expect(targets({ Id: '1', Arn: QUEUE, Input: '{' })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(targets(...Array.from({ length: 6 }, (_, index) => ({ Id: String(index), Arn: QUEUE })))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
  });
});

describe('buses', () => {
  it('can be made, read, listed and deleted', async () => {
    await client.send(new CreateEventBusCommand({ Name: 'own', Description: 'mine' }));
    await expect(client.send(new CreateEventBusCommand({ Name: 'own' }))).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    expect(await client.send(new DescribeEventBusCommand({ Name: 'own' }))).toMatchObject({
      Name: 'own',
      Arn: 'arn:aws:events:eu-west-1:123456789012:event-bus/own',
      Description: 'mine',
      CreationTime: expect.any(Date),
    });
    expect((await client.send(new ListEventBusesCommand({}))).EventBuses?.map(({ Name }) => Name)).toEqual(['default', 'signalbox', 'own']);
    await client.send(new DeleteEventBusCommand({ Name: 'own' }));
    await expect(client.send(new DescribeEventBusCommand({ Name: 'own' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(client.send(new DeleteEventBusCommand({ Name: 'default' }))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('the service', () => {
  it('tests patterns', async () => {
    const test = (EventPattern: string) => client.send(new TestEventPatternCommand({ EventPattern, Event: '{"source":"a"}' }));
    expect((await test('{"source":["a"]}')).Result).toBe(true);
    expect((await test('{"source":["b"]}')).Result).toBe(false);
    await expect(test('{"source":"a"}')).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
      message: expect.stringContaining('source: must be an object or a list'),
    });
  });

  it('names what it does not emulate', async () => {
    await expect(client.send(new ListArchivesCommand({}))).rejects.toMatchObject({
      name: 'NotImplementedException',
      message: expect.stringContaining('ListArchives'),
      $metadata: { httpStatusCode: 501 },
    });
  });

  it('says which state file it cannot read', () => {
    const stateFile = join(folder, 'broken.json');
    writeFileSync(stateFile, '{"buses":');
    expect(() =>
      createEventBridge({
        region: 'x',
        accountId: '1',
        stateFile,
        sendToQueue,
        invokeFunction: async () => undefined,
        log: () => undefined,
      }),
    ).toThrow(stateFile);
    expect(existsSync(stateFile)).toBe(true);
  });
});

describe('schedules', () => {
  afterEach(() => void vi.useRealTimers());

  it('fire at their rate, with the event of AWS or a constant input', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-03-01T10:00:00Z'), toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    bridge.createRule({
      name: 'sweep',
      busName: 'default',
      scheduleExpression: 'rate(5 minutes)',
      targets: [
        { id: '1', arn: FUNCTION },
        { id: '2', arn: QUEUE, input: '{"kind":"sweep"}' },
      ],
    });
    bridge.createRule({
      name: 'off',
      busName: 'default',
      state: 'DISABLED',
      scheduleExpression: 'rate(1 minute)',
      targets: [{ id: '1', arn: FUNCTION }],
    });
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(invoked).toEqual([]);
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    expect(invoked.map(({ event }) => event)).toEqual([
      expect.objectContaining({
        source: 'aws.events',
        'detail-type': 'Scheduled Event',
        time: '2026-03-01T10:05:00Z',
        resources: ['arn:aws:events:eu-west-1:123456789012:rule/sweep'],
        detail: {},
      }),
      expect.objectContaining({ time: '2026-03-01T10:10:00Z' }),
    ]);
    expect(sent.map(({ body }) => body)).toEqual([{ kind: 'sweep' }, { kind: 'sweep' }]);
    bridge.stop();
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    expect(invoked).toHaveLength(2);
  });

  it('wait longer than a timer can', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z'), toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    bridge.createRule({
      name: 'yearly',
      busName: 'default',
      scheduleExpression: 'cron(0 12 1 3 ? *)',
      targets: [{ id: '1', arn: FUNCTION }],
    });
    await vi.advanceTimersByTimeAsync(59 * 86_400_000);
    expect(invoked).toEqual([]);
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(invoked).toHaveLength(1);
  });
});
