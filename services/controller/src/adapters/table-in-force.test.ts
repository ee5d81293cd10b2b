import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { routingTable } from '@signalbox/contracts/samples';
import { logger } from '@signalbox/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createReadTable } from './table-in-force.ts';

let server: Server;
let reply: { status: number; body: string; afterMs?: number };
let asked: string[];

beforeEach(async () => {
  vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
  asked = [];
  server = createServer(async (request, response) => {
    asked.push(request.url?.split('?')[0] ?? '');
    await sleep(reply.afterMs ?? 0);
    response.writeHead(reply.status, { 'content-type': reply.status === 200 ? 'application/json' : 'application/xml' }).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test');
  vi.stubEnv('AWS_REGION', 'us-east-1');
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('is what the platform wrote at the end of the last release', async () => {
  reply = { status: 200, body: JSON.stringify(routingTable) };
  const readTable = createReadTable({ bucket: 'data' });
  expect(await readTable()).toEqual(routingTable);
  await readTable();
  expect(asked).toEqual(['/data/routing-table/current.json']);
});

it('is waited for at a cold start, however long S3 takes', async () => {
  reply = { status: 200, body: JSON.stringify(routingTable), afterMs: 1_800 };
  expect(await createReadTable({ bucket: 'data' })()).toEqual(routingTable);
  expect(asked).toHaveLength(1);
});

it.each([
  ['there is none', { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }, /has no routing table/],
  ['it is not JSON', { status: 200, body: '{' }, /is not JSON/],
  ['it is none', { status: 200, body: '{"targets":3}' }, /is not valid at/],
])('says what to do where %s, and what was wrong', async (_, answer, problem) => {
  reply = answer;
  await expect(createReadTable({ bucket: 'data' })()).rejects.toThrow(/nothing is judged\. Release one with "signalbox policy deploy"/);
  expect(JSON.stringify(vi.mocked(logger.warn).mock.calls)).toMatch(problem);
});
