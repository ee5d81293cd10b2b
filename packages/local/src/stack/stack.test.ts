import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { StackFile } from '@signalbox/contracts';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../service.ts';
import { createLocalSqs } from '../sqs/local-sqs.ts';
import { type Stack, startStack } from './stack.ts';

const projectRoot = join(import.meta.dirname, '..', 'template', '__fixtures__', 'project');
const directory = mkdtempSync(join(tmpdir(), 'signalbox-stack-'));
const lines: LogLine[] = [];
const running: Stack[] = [];

async function start(dataDirectory = join(directory, 'data')): Promise<Stack> {
  const stack = await startStack({ port: 0, dataDirectory, projectRoot, log: (line) => void lines.push(line) });
  running.push(stack);
  return stack;
}

afterEach(async () => {
  for (const stack of running.splice(0)) await stack.stop();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const clientOptions = ({ awsEndpointUrl: endpoint, region, credentials }: StackFile) => ({ endpoint, region, credentials });

describe('the whole stack of a small project', () => {
  it('carries a message through a function into a table, an event through a rule, and a request to a route', async () => {
    const { contents } = await start();
    const options = clientOptions(contents);
    const sqs = new SQSClient(options);
    await sqs.send(new SendMessageCommand({ QueueUrl: contents.queues.standard, MessageBody: '{"id":"one"}' }));
    const stored = async () =>
      (await new DynamoDBClient(options).send(new GetItemCommand({ TableName: contents.tables.inferences, Key: { pk: { S: 'one' } } })))
        .Item;
    await expect.poll(stored, { timeout: 10_000 }).toEqual({ pk: { S: 'one' }, stage: { S: 'local' } });

    const entry = { EventBusName: contents.eventBusName, Source: 'fixture', DetailType: 'Happened', Detail: '{"what":"this"}' };
    await new EventBridgeClient(options).send(new PutEventsCommand({ Entries: [entry] }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: contents.queues.rejected, WaitTimeSeconds: 5 }));
    expect(JSON.parse(Messages?.[0]?.Body ?? '')).toEqual({ what: 'this' });

    const answer = await fetch(`${contents.gatewayUrl}/v1/inferences/a%2Fb`, { headers: { authorization: `Bearer ${contents.apiKey}` } });
    expect([answer.status, await answer.json()]).toEqual([200, { id: 'a/b', table: contents.tables.inferences }]);
    expect((await fetch(`${contents.gatewayUrl}/absent`)).status).toBeGreaterThanOrEqual(400);
  });

  it('streams to clients as the function writes', async () => {
    const { contents } = await start();
    const response = await fetch(`${contents.gatewayUrl}/v1/chat?waitMs=300`, { method: 'POST', body: '{}' });
    const pieces: string[] = [];
    for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece).toString());
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(pieces).toEqual(['data: first\n\n', 'data: second\n\n']);
  });

  it('answers for models by each of its ways in, and lists who called', async () => {
    const { contents } = await start();
    const { awsEndpointUrl, simulatorUrl } = contents;
    const signed = (service: string) => ({
      authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    });
    const chat = JSON.stringify({ model: 'llama', messages: [{ role: 'user', content: 'hi' }] });
    const calls: [string, Record<string, string>][] = [
      [`${awsEndpointUrl}/openai/v1/chat/completions`, { authorization: 'Bearer any' }],
      [`${simulatorUrl}/openai/v1/chat/completions`, {}],
      [`${awsEndpointUrl}/openai/v1/chat/completions`, signed('bedrock')],
      [`${awsEndpointUrl}/endpoints/signalbox-llama/invocations`, signed('sagemaker')],
    ];
    for (const [url, headers] of calls) {
      const response = await fetch(url, { method: 'POST', headers, body: chat });
      expect([url, response.status, await response.json()]).toEqual([url, 200, expect.objectContaining({ object: 'chat.completion' })]);
    }
    const guardrail = await fetch(`${awsEndpointUrl}/guardrail/gr1/version/1/apply`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
      body: JSON.stringify({ source: 'INPUT', content: [{ text: { text: 'x' } }] }),
    });
    expect(guardrail.status).toBe(200);
    const { attempts } = (await (await fetch(`${simulatorUrl}/attempts`)).json()) as { attempts: { modelId: string; region: string }[] };
    expect(attempts.map(({ modelId, region }) => `${modelId} ${region}`)).toEqual([
      'llama openai',
      'llama openai',
      'llama openai',
      'signalbox-llama us-east-1',
      'gr1 ',
    ]);
    const counts = (await (await fetch(`${simulatorUrl}/aws-calls`)).json()) as { calls: Record<string, Record<string, number>> };
    expect(counts.calls).toMatchObject({ sagemaker: { InvokeEndpoint: 1 }, bedrock: { ApplyGuardrail: 1 } });
  });

  it('keeps secrets over a restart', async () => {
    const call = async (operation: string, input: object) => {
      const { contents } = running.at(-1) ?? (await start());
      const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0';
      const headers = { authorization, 'x-amz-target': `secretsmanager.${operation}`, 'content-type': 'application/x-amz-json-1.1' };
      return (await fetch(contents.awsEndpointUrl, { method: 'POST', headers, body: JSON.stringify(input) })).json();
    };
    await call('CreateSecret', { Name: 'signalbox/local/model-keys/vllm', SecretString: 'sk-1' });
    await running.pop()?.stop();
    expect(await call('GetSecretValue', { SecretId: 'signalbox/local/model-keys/vllm' })).toMatchObject({ SecretString: 'sk-1' });
  });

  it('writes stack.json while it runs, releases the policy, and lets its key in', async () => {
    const { contents } = await start();
    const file = join(directory, 'data', 'stack.json');
    expect(StackFile.parse(JSON.parse(readFileSync(file, 'utf8')))).toEqual(contents);
    const options = clientOptions(contents);
    const copy = await new S3Client(options).send(
      new GetObjectCommand({ Bucket: contents.buckets.data, Key: 'routing-table/current.json' }),
    );
    expect(JSON.parse((await copy.Body?.transformToString()) ?? '')).toMatchObject({ routes: { default: {} } });
    const [, prefix] = contents.apiKey.split('_');
    const { Item } = await new DynamoDBClient(options).send(
      new GetItemCommand({ TableName: contents.tables.access, Key: { pk: { S: `key#${prefix}` } } }),
    );
    expect(Item).toMatchObject({ tenant: { S: 'default' }, scopes: { L: [{ S: '*' }] } });
    await running.pop()?.stop();
    expect(existsSync(file)).toBe(false);
  });

  it('has the same key, ids and messages after a restart, and releases nothing anew', async () => {
    const { contents: before } = await start();
    await new SQSClient(clientOptions(before)).send(new SendMessageCommand({ QueueUrl: before.queues.bulk, MessageBody: 'kept' }));
    await running.pop()?.stop();
    const { contents: after } = await start();
    expect([after.apiKey, after.appConfig, after.tables, after.buckets]).toEqual([
      before.apiKey,
      before.appConfig,
      before.tables,
      before.buckets,
    ]);
    const { Messages } = await new SQSClient(clientOptions(after)).send(new ReceiveMessageCommand({ QueueUrl: after.queues.bulk }));
    expect(Messages?.[0]?.Body).toBe('kept');
  });

  it('works at once on what the workers of a killed run had received', async () => {
    const state = join(directory, 'killed');
    const queueName = 'signalbox-local-inference-StandardQueue';
    const sqs = await createLocalSqs({ endpointUrl: 'http://127.0.0.1:1', region: 'us-east-1', directory: join(state, 'sqs') });
    const { url: QueueUrl } = sqs.createQueue(queueName, { VisibilityTimeout: 900 });
    await sqs.call('SendMessage', { QueueUrl, MessageBody: '{"id":"left behind"}' });
    await sqs.call('ReceiveMessage', { QueueUrl });
    sqs.close();
    const { contents } = await start(state);
    const key = { TableName: contents.tables.inferences, Key: { pk: { S: 'left behind' } } };
    const client = new DynamoDBClient(clientOptions(contents));
    await expect.poll(async () => (await client.send(new GetItemCommand(key))).Item, { timeout: 10_000 }).toBeDefined();
  });

  it('keeps a second stack off its data', async () => {
    await start();
    await expect(start()).rejects.toThrow(/in use by process \d+/);
  });

  it('stops within five seconds and leaves the port', async () => {
    const stack = await start();
    const startedAt = performance.now();
    await stack.stop();
    expect(performance.now() - startedAt).toBeLessThan(5000);
    await expect(fetch(stack.contents.gatewayUrl)).rejects.toThrow();
  });
});
