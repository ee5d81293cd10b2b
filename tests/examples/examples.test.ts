import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { InferenceCompleted } from '@signalbox/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProducer, question } from '../e2e/kit/producer.ts';
import { type RunningStack, startStack } from '../e2e/kit/running-stack.ts';
import { createSimulator } from '../e2e/kit/simulator.ts';
import { runExample, startExample } from './kit/run-example.ts';

let running: RunningStack;
let stackFile: string;

beforeAll(async () => {
  running = await startStack({ args: ['--quiet'] });
  stackFile = join(running.dataDirectory, 'stack.json');
});
afterAll(() => running.stop());

const TOKYO = /^The capital of Japan is Tokyo\.\nby id: succeeded, served by \S+ in us-east-1\nby reply queue: succeeded, \d+ tokens\n$/;

it('the TypeScript SDK: sends many, reads their results, and finds the same question answered before', async () => {
  const environment = { SIGNALBOX_STACK: stackFile };
  const ask = () => runExample(process.execPath, 'typescript-sdk.ts', { args: ['Japan', 'Italy', 'Kenya'], environment });
  const { code, stdout, stderr } = await ask();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const answers = ['The capital of Italy is Rome.', 'The capital of Japan is Tokyo.', 'The capital of Kenya is Nairobi.'];
  expect(stdout.trim().split('\n').sort()).toEqual(answers.map((answer) => expect.stringMatching(`^${answer} \\(\\S+\\)$`)));
  const { attempts } = createSimulator(running.stack);
  const asked = await attempts();
  expect((await ask()).stdout).toContain(answers[0]);
  expect(await attempts()).toEqual(asked);
});

it('the AWS SDK for JavaScript: finds the stack of the folder, and reads its result by id and from the reply queue', async () => {
  const workingDirectory = mkdtempSync(join(tmpdir(), 'signalbox-example-'));
  symlinkSync(running.dataDirectory, join(workingDirectory, '.signalbox'));
  const { code, stdout, stderr } = await runExample(process.execPath, 'aws-sdk-javascript.mjs', {
    args: ['What is the capital of Japan?'],
    workingDirectory,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(TOKYO);
});

it('the AWS SDK for JavaScript: needs no stack file where the environment says where to go, as on AWS', async () => {
  const { stack } = running;
  const { code, stdout, stderr } = await runExample(process.execPath, 'aws-sdk-javascript.mjs', {
    args: ['What is the capital of Japan?', '--stack', 'not-there.json'],
    environment: {
      AWS_ENDPOINT_URL: stack.awsEndpointUrl,
      AWS_REGION: stack.region,
      AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
      SIGNALBOX_QUEUE_URL: stack.queues.standard,
      SIGNALBOX_GATEWAY_URL: stack.gatewayUrl,
      SIGNALBOX_API_KEY: stack.apiKey,
    },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(TOKYO);
});

it('the AWS SDK for JavaScript: ends with the reason of a request that failed', async () => {
  const { code, stderr } = await runExample(process.execPath, 'aws-sdk-javascript.mjs', { args: ['[[too-long]]', '--stack', stackFile] });
  expect(code).toBe(1);
  expect(stderr).toMatch(/example-\S+ failed: /);
});

const AT_ONCE = 'The capital of Japan is Tokyo.\nanswered by amazon.nova-lite-v1:0, 16 tokens\n';
const STREAMED = 'The capital of Japan is Tokyo.\nstreamed: 8 tokens\n';

it('the OpenAI client: answers at once, whole and as a stream, and with what a tool gave', async () => {
  const args = ['What is the capital of Japan?', '--stack', stackFile];
  const { code, stdout, stderr } = await runExample(process.execPath, 'openai-javascript.mjs', { args });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.startsWith(`${AT_ONCE}${STREAMED}`)).toBe(true);
  const [, city, celsius] = /^temperature of (Nairobi|Oslo|Tokyo): (\d+) °C$/m.exec(stdout) ?? [];
  expect({ Nairobi: '24', Oslo: '4', Tokyo: '16' }).toMatchObject({ [String(city)]: celsius });
  // What the model says to the tool's result.
  expect(stdout.trimEnd().split('\n').at(-1)).toContain(`"${celsius} °C"`);
});

it('the Vercel AI SDK: answers at once, whole, as a stream and as an object', async () => {
  const args = ['What is the capital of Japan?', '--stack', stackFile];
  const { code, stdout, stderr } = await runExample(process.execPath, 'vercel-ai-sdk.mjs', { args });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [, object = ''] = stdout.split(`${AT_ONCE}${STREAMED}as an object: `);
  expect(JSON.parse(object)).toEqual({ city: 'tokyo', continent: expect.stringMatching(/^(Africa|America|Asia|Europe|Oceania)$/) });
});

it.each([
  ['openai-javascript.mjs', /NotFoundError: 404 The model "nobody" is no route, model or target/],
  ['vercel-ai-sdk.mjs', /APICallError.*: The model "nobody" is no route, model or target/],
])('%s: goes where the environment says, as on AWS, and ends with the reason of a refusal', async (file, reason) => {
  const { gatewayUrl, apiKey } = running.stack;
  const environment = { SIGNALBOX_GATEWAY_URL: gatewayUrl, SIGNALBOX_API_KEY: apiKey };
  const args = ['x', '--model', 'nobody', '--stack', 'not-there.json'];
  const { code, stderr } = await runExample(process.execPath, file, { args, environment });
  expect(code).toBe(1);
  expect(stderr).toMatch(reason);
});

// Such a share of a model's calls spares the first and hits the second, the same in every run.
it.each([
  ['openai-javascript.mjs', { target: 'nova-pro', modelId: 'amazon.nova-pro-v1:0', rate: 0.2 }],
  ['vercel-ai-sdk.mjs', { target: 'sonnet', modelId: 'us.anthropic.claude-sonnet-5', rate: 0.5 }],
])('%s: a stream that breaks off is an error', async (file, { target, modelId, rate }) => {
  const simulator = createSimulator(running.stack);
  await simulator.break(modelId, { kind: 'cut-stream', afterTokens: 4, rate });
  const args = ['What is the capital of Japan?', '--model', target, '--stack', stackFile];
  const { code, stdout, stderr } = await runExample(process.execPath, file, { args });
  await simulator.heal();
  expect(stdout).toMatch(/^The capital of Japan is Tokyo\.\nanswered by \S+, \d+ tokens\nThe capital of J$/);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`The answer of ${target} broke off and is not whole`) });
});

it('a webhook: posts every ending, signed and without content, again until it is taken, and stops when told', async () => {
  const posts: { id: string; signature: string; body: string }[] = [];
  const receiver = createServer(async (request, response) => {
    const header = (name: string) => String(request.headers[name]);
    posts.push({ id: header('signalbox-event-id'), signature: header('signalbox-signature'), body: await text(request) });
    // The first post of each event fails.
    const isFirst = posts.filter(({ id }) => id === header('signalbox-event-id')).length === 1;
    response.writeHead(isFirst ? 503 : 204).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const webhook = startExample(process.execPath, 'webhook.mjs', {
    args: [url, '--stack', stackFile],
    environment: { WEBHOOK_SECRET: 'a secret' },
  });
  await expect.poll(webhook.stdout, { timeout: 10_000 }).toMatch(/^posting .*InferenceCompleted.* to http/);

  const producer = createProducer(running.stack);
  const [answered, rejected] = [question('What is the capital of Peru?'), question('x', { route: 'nowhere' })];
  await producer.sendMany([answered, rejected]);
  await expect
    .poll(
      () =>
        webhook
          .stdout()
          .match(/^posted \S+/gm)
          ?.sort(),
      { timeout: 15_000 },
    )
    .toEqual(['posted InferenceCompleted', 'posted InferenceRejected']);
  webhook.stop();
  receiver.close();
  expect(await webhook.finished).toMatchObject({ code: 0, stderr: expect.stringMatching(/was not taken \(status 503\), try 1 of 10/) });

  expect(posts).toHaveLength(4);
  expect(new Set(posts.map(({ id }) => id)).size).toBe(2);
  for (const { body, signature } of posts) expect(signature).toBe(createHmac('sha256', 'a secret').update(body).digest('hex'));
  const completed = posts.map(({ body }) => JSON.parse(body)).find(({ type }) => type === 'InferenceCompleted');
  expect(InferenceCompleted.parse(completed).data.id).toBe(answered.id);
  expect(JSON.stringify(posts)).not.toMatch(/capital|Lima/);
});

it('a webhook: says what it needs when it is given no URL', async () => {
  const { code, stderr } = await runExample(process.execPath, 'webhook.mjs', { args: ['--stack', stackFile] });
  expect(code).toBe(1);
  expect(stderr).toMatch(/name the URL to post to/);
});
