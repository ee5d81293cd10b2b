import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StackFile } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { createProducer, question } from './kit/producer.ts';
import { startStack } from './kit/running-stack.ts';
import { createSimulator } from './kit/simulator.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

it('npm start says ready once, writes its file, and a SIGTERM ends everything within 5 s', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'signalbox-start-'));
  const child = spawn('npm', ['start', '--', '--port', '0', '--data-dir', dataDirectory, '--quiet'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  while (!/^signalbox ready /m.test(output)) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const stack = StackFile.parse(JSON.parse(readFileSync(join(dataDirectory, 'stack.json'), 'utf8')));
  expect(output.match(/^signalbox ready .*$/gm)).toEqual([`signalbox ready ${stack.gatewayUrl}`]);
  const startedAt = Date.now();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  await expect.poll(() => isAlive(stack.pid), { timeout: 5_000 }).toBe(false);
  expect(existsSync(join(dataDirectory, 'stack.json'))).toBe(false);
});

it('picks a free port when the one asked for is busy', async () => {
  const busy = createServer().listen(0, '127.0.0.1');
  await once(busy, 'listening');
  const { port } = busy.address() as AddressInfo;
  const running = await startStack({ args: ['--port', String(port)] });
  expect(new URL(running.stack.gatewayUrl).port).not.toBe(String(port));
  await running.stop();
  busy.close();
});

it('keeps its state over a stop and over a kill -9', async () => {
  const first = await startStack();
  const request = question('Remember me');
  await createProducer(first.stack).send(request);
  const answered = await createProducer(first.stack).waitFor(request.id ?? '');
  await first.stop();
  const second = await startStack({ dataDirectory: first.dataDirectory });
  expect(await createProducer(second.stack).result(request.id ?? '')).toEqual(answered);
  await second.kill();
  const third = await startStack({ dataDirectory: first.dataDirectory });
  expect(await createProducer(third.stack).result(request.id ?? '')).toEqual(answered);
  expect(third.stack.apiKey).toBe(first.stack.apiKey);
  await third.stop();
});

it('answers an AWS call that is not emulated with a loud 501 that names the operation', async () => {
  const running = await startStack();
  const reply = await fetch(running.stack.awsEndpointUrl, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20261121/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-target': 'Kinesis_20131202.PutRecord',
      'content-type': 'application/x-amz-json-1.1',
    },
    body: '{}',
  });
  expect(reply.status).toBe(501);
  expect(await reply.text()).toMatch(/kinesis.*PutRecord|PutRecord.*kinesis/i);
  // The log comes by a pipe, which may be later than the reply.
  await expect.poll(() => running.log()).toMatch(/PutRecord/);
  await running.stop();
});

it('serves a model id from an OpenAI-compatible server on this machine', async () => {
  const seen: { model: string; messages: { content: string }[] }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString();
    });
    request.on('end', () => {
      seen.push(JSON.parse(body));
      response.setHeader('content-type', 'text/event-stream');
      const chunk = (delta: object, finish_reason: string | null) =>
        `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
      response.end(`${chunk({ role: 'assistant', content: 'From a real ' }, null)}${chunk({ content: 'server' }, 'stop')}data: [DONE]\n\n`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const running = await startStack({ args: ['--model-server', `amazon.nova-lite-v1:0=http://127.0.0.1:${port}/v1#llama3.2`] });
  const request = question('Who are you?');
  const producer = createProducer(running.stack);
  await producer.send(request);
  const result = await producer.waitFor(request.id ?? '');
  expect(JSON.stringify(result.output)).toContain('From a real server');
  expect(seen[0]).toMatchObject({ model: 'llama3.2' });
  await running.stop();
  server.close();
});

it('answers a question on the command line, on Node 20 too, and says what is wrong when it cannot', async () => {
  const running = await startStack();
  const file = join(running.dataDirectory, 'stack.json');
  const { stdout } = await run('npx', ['signalbox', 'ask', 'What is the capital of France?', '--stack', file], { cwd: ROOT });
  expect(stdout).toBe('The capital of France is Paris.\n');
  const json = await run('npx', ['signalbox', 'ask', 'What is the capital of France?', '--route', 'quality', '--json', '--stack', file], {
    cwd: ROOT,
  });
  expect(JSON.parse(json.stdout)).toMatchObject({ status: 'succeeded', route: 'quality' });
  const wrongRoute = run('npx', ['signalbox', 'ask', 'x', '--route', 'nowhere', '--stack', file], { cwd: ROOT });
  await expect(wrongRoute).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/route.*is not a route of the policy; one of: .*default/s),
  });
  expect((await createSimulator(running.stack).attempts()).length).toBe(2);
  await running.stop();
  await expect(run('npx', ['signalbox', 'ask', 'x', '--stack', file], { cwd: ROOT })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('npm start'),
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
