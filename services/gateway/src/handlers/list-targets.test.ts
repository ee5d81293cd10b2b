import { TargetList } from '@signalbox/contracts';
import { routingOverlay, routingTable, targetList } from '@signalbox/contracts/samples';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACCESS, type AwsReply, type AwsRequest, proxyEvent, startAws } from '../test-handler.ts';

type Handler = typeof import('./list-targets.ts').handler;

/** AppConfig with the sample table, DynamoDB with a key and with fleet health, or without it. */
const aws = {
  overlay: undefined as string | undefined,
  overlayIsDown: false,
  answer({ operation, url, body }: AwsRequest): AwsReply {
    if (url.pathname === '/configurationsessions') return { status: 201, body: { InitialConfigurationToken: 'token' } };
    if (url.pathname === '/configuration') return { headers: { 'next-poll-configuration-token': 'token' }, body: routingTable };
    if (operation !== 'GetItem') return { status: 404, body: { message: `no such call: ${operation} ${url}` } };
    const { TableName, Key } = JSON.parse(body) as { TableName: string; Key: Record<string, { S: string }> };
    if (TableName === 'access') return { body: { Item: { pk: Key.pk, ...ACCESS } } };
    if (aws.overlayIsDown) return { status: 500, body: { __type: 'InternalServerError', message: 'broken: secret detail' } };
    return { body: aws.overlay === undefined ? {} : { Item: { id: Key.id, value: { S: aws.overlay } } } };
  },
};

let server: Awaited<ReturnType<typeof startAws>>;
let handler: Handler;

beforeAll(async () => {
  server = await startAws((request) => aws.answer(request));
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  Object.assign(process.env, {
    OVERLAY_TABLE: 'overlay',
    APPCONFIG_APPLICATION: 'application',
    APPCONFIG_ENVIRONMENT: 'environment',
    APPCONFIG_PROFILE: 'profile',
  });
  vi.stubGlobal('ROUTING_TABLE_SNAPSHOT', routingTable);
});
afterAll(() => server.close());
beforeEach(async () => {
  Object.assign(aws, { overlay: JSON.stringify({ ...routingOverlay, publishedAt: Date.now() }), overlayIsDown: false });
  // Each test has a sandbox of its own, that has read nothing before.
  vi.resetModules();
  ({ handler } = await import('./list-targets.ts'));
});

async function ask({ key }: { key?: string } = {}) {
  const event = proxyEvent({ method: 'GET', resource: '/v1/targets', ...(key !== undefined && { key }) });
  const context = { functionName: 'list-targets', awsRequestId: 'lambda-1', getRemainingTimeInMillis: () => 10_000 } as Context;
  const reply = (await handler(event, context)) as APIGatewayProxyResult;
  return { statusCode: reply.statusCode, body: JSON.parse(reply.body) };
}

describe('GET /v1/targets', () => {
  it('lists the targets of the table in force with what fleet health says of them', async () => {
    const { statusCode, body } = await ask();
    expect({ statusCode, targets: body.targets, panic: body.panic }).toEqual({ statusCode: 200, targets: targetList.targets, panic: [] });
    expect(TargetList.parse(body)).toMatchObject({
      tableVersion: routingTable.version,
      tableSource: 'appconfig',
      health: { kind: 'current' },
    });
  });

  it('follows what is published: each call reads it', async () => {
    await ask();
    aws.overlay = JSON.stringify({ ...routingOverlay, seq: 43, publishedAt: Date.now(), targets: {} });
    expect((await ask()).body).toMatchObject({ health: { seq: 43 }, targets: [{ state: 'closed', share: 1 }, { state: 'closed' }] });
  });

  it('says so when health is stale, was never published, or cannot be read, and lists the targets all the same', async () => {
    aws.overlayIsDown = true;
    expect(await ask()).toMatchObject({ statusCode: 200, body: { health: { kind: 'unreachable' }, targets: [{ state: 'unknown' }, {}] } });
    aws.overlayIsDown = false;
    aws.overlay = undefined;
    expect(await ask()).toMatchObject({ statusCode: 200, body: { health: { kind: 'absent' } } });
    aws.overlay = JSON.stringify(routingOverlay);
    vi.setSystemTime(routingOverlay.publishedAt + 60 * 60_000);
    expect(await ask()).toMatchObject({
      statusCode: 200,
      body: { health: { kind: 'stale' }, targets: [{ state: 'unknown', share: 1 }, {}] },
    });
    vi.useRealTimers();
  });

  it('keeps to what this sandbox read last while health cannot be read', async () => {
    await ask();
    aws.overlayIsDown = true;
    expect((await ask()).body).toMatchObject({ health: { kind: 'current', seq: 42 }, targets: [{ state: 'open' }, {}] });
  });

  it('refuses a caller without a key', async () => {
    expect(await ask({ key: 'sbx_acme1_wrong' })).toMatchObject({ statusCode: 401, body: { error: { code: 'invalid_api_key' } } });
  });
});
