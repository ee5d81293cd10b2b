import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Place } from '../installation/place.ts';
import { testStack } from '../testing/test-stack.ts';
import { connectQueues } from './queue-depths.ts';

/** SQS on the loopback interface: each queue has so many messages as its name has letters. */
const sqs = { operations: [] as string[], failing: '' };
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const { QueueName, QueueUrl = '' } = JSON.parse(body) as { QueueName?: string; QueueUrl?: string };
  const name = QueueName ?? QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
  sqs.operations.push(`${operation} ${name}`);
  if (operation === sqs.failing) return response.writeHead(403, { 'x-amzn-errortype': 'AccessDenied' }).end('{"message":"not yours"}');
  const figures = {
    ApproximateNumberOfMessages: name.length,
    ApproximateNumberOfMessagesNotVisible: 2,
    ApproximateNumberOfMessagesDelayed: 1,
  };
  const Attributes = Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, String(value)]));
  return response.end(JSON.stringify(operation === 'GetQueueUrl' ? { QueueUrl: `${url()}/1/${name}` } : { Attributes }));
});
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());
beforeEach(() => Object.assign(sqs, { operations: [], failing: '' }));

function embedded(): Place {
  const queues = Object.fromEntries(Object.entries(testStack.queues).map(([key, value]) => [key, value.replace(/^http:..[^/]+/, url())]));
  return { kind: 'embedded', stack: { ...testStack, awsEndpointUrl: url(), queues: queues as typeof testStack.queues } };
}

describe('connectQueues', () => {
  it('counts what waits, what workers have and what is parked, on each queue of the embedded stack', async () => {
    const queues = await connectQueues(embedded());
    const depths = await queues.read();
    expect(depths.map(({ queue }) => queue)).toEqual(['interactive', 'standard', 'bulk', 'rejected', 'dead-letter']);
    expect(depths[1]).toEqual({ queue: 'standard', waiting: 'signalbox-local-standard'.length, inFlight: 2, parked: 1 });
    expect(sqs.operations).not.toContain('GetQueueUrl signalbox-local-standard');
    queues.close();
  });

  it('finds those of a stage by their names, once', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', url());
    for (const [name, value] of Object.entries({ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }))
      vi.stubEnv(name, value);
    const queues = await connectQueues({ kind: 'aws', stage: 'prod' });
    await queues.read();
    expect((await queues.read())[4]).toMatchObject({ queue: 'dead-letter', waiting: 'signalbox-prod-dead-letter'.length });
    expect(sqs.operations.filter((operation) => operation === 'GetQueueUrl signalbox-prod-dead-letter')).toHaveLength(1);
    queues.close();
    vi.unstubAllEnvs();
  });

  it('rejects with what SQS says, and asks for the queue again', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', url());
    for (const [name, value] of Object.entries({ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }))
      vi.stubEnv(name, value);
    const queues = await connectQueues({ kind: 'aws', stage: 'prod' });
    sqs.failing = 'GetQueueUrl';
    await expect(queues.read()).rejects.toThrow('not yours');
    sqs.failing = '';
    expect(await queues.read()).toHaveLength(5);
    queues.close();
    vi.unstubAllEnvs();
  });
});
