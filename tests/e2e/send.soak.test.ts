import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { type Attempt, InferenceRecord, type StackFile } from '@signalbox/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProducer, question } from './kit/producer.ts';
import { untilSettled } from './kit/queues.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { runSignalbox } from './kit/signalbox-command.ts';
import { createSimulator } from './kit/simulator.ts';

const FEW = 2_000;
const MANY = 20_000;
const INTERRUPTED_AFTER = 4_000;
/** 20,000 requests and the duplicates of 4,000 at some 100 a second take less than four minutes; twice that where others work beside it. */
const LIMIT_MS = 540_000;
/** A line of the memory test: the 20,000 would not fit into the heap that the process is given, nor the additional 18,000 into the bound. */
const LINE_CHARACTERS = 8_000;
const HEAP_MEGABYTES = 96;
/** Garbage that is not collected yet is 20 to 40 MB more after a longer run. */
const MOST_GROWTH_BYTES = 80 * 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'signalbox-send-long-'));
let running: RunningStack;

beforeAll(async () => {
  running = await startStack({ args: ['--quiet'] });
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true });
});

function writeLines(name: string, count: number, characters = 0): string {
  const path = join(folder, name);
  const line = (index: number) => JSON.stringify({ messages: question(`Line ${index} of ${name} ${'x'.repeat(characters)}`).messages });
  writeFileSync(path, Array.from({ length: count }, (_, index) => line(index)).join('\n'));
  return path;
}

/** How all inferences stand and what was tried for them, by the table itself: to read 20,000 results by the API takes longer than to answer them. */
async function readTable(): Promise<{ statuses: Record<string, number>; attempts: Attempt[] }> {
  const { region, credentials, awsEndpointUrl, tables } = running.stack;
  const client = new DynamoDBClient({ region, credentials, endpoint: awsEndpointUrl });
  const statuses: Record<string, number> = {};
  const attempts: Attempt[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tables.inferences })) {
    for (const { status, record } of Items) {
      statuses[status?.S ?? 'none'] = (statuses[status?.S ?? 'none'] ?? 0) + 1;
      attempts.push(...(record?.S === undefined ? [] : InferenceRecord.parse(JSON.parse(record.S)).attempts));
    }
  }
  client.destroy();
  return { statuses, attempts };
}

it('20,000 lines, interrupted and sent again from the beginning, end with 20,000 results and no double', {
  timeout: LIMIT_MS,
}, async () => {
  const startedAt = Date.now();
  const command = ['send', writeLines('many.jsonl', MANY), '--stack', running.dataDirectory];
  const interrupted = await runSignalbox([...command, '--json'], {
    onLines: (count, { interrupt }) => {
      if (count > INTERRUPTED_AFTER) interrupt();
    },
  });
  const lines = interrupted.stdout.split('\n').length - 1;
  expect({ code: interrupted.code, isInTheMiddle: lines > INTERRUPTED_AFTER && lines < MANY }).toEqual({ code: 130, isInTheMiddle: true });
  const again = await runSignalbox(command);
  expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
  await untilSettled(createProducer(running.stack).sqs, running.stack, LIMIT_MS - (Date.now() - startedAt));
  const { statuses, attempts } = await readTable();
  expect(statuses).toEqual({ succeeded: MANY });
  expect(attempts.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(MANY);
  // Each call that the model saw stands in the record of its request: none was made for a duplicate. A busy machine may have retried one.
  const retried = attempts.filter(({ outcome }) => outcome !== 'succeeded').map(({ outcome, error }) => `${outcome} ${error ?? ''}`);
  expect(await createSimulator(running.stack).attempts(), `retried: ${retried.join(', ') || 'none'}`).toHaveLength(attempts.length);
});

/** A queue that takes everything, and keeps nothing but the count; a call takes as long as on AWS. */
async function startBottomlessQueue() {
  const taken = { messages: 0 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as { Entries: { Id: string; MessageBody: string }[] };
    await sleep(10);
    taken.messages += Entries.length;
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      ...{ Id, MessageId: Id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') },
    }));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify({ Successful }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, taken, close: () => server.close() };
}

it('the memory of the sending process does not grow with the number of lines', { timeout: 120_000 }, async () => {
  const queue = await startBottomlessQueue();
  const stack: StackFile = {
    ...running.stack,
    awsEndpointUrl: queue.url,
    queues: { ...running.stack.queues, standard: `${queue.url}/1/standard` },
  };
  const directory = join(folder, 'elsewhere');
  mkdirSync(directory);
  writeFileSync(join(directory, 'stack.json'), JSON.stringify(stack));
  const environment = { NODE_OPTIONS: `--max-old-space-size=${HEAP_MEGABYTES}` };
  const peakOf = async (count: number) => {
    const path = writeLines(`${count}.jsonl`, count, LINE_CHARACTERS);
    const { code, stderr, peakBytes } = await runSignalbox(['send', path, '--stack', directory], { environment });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return peakBytes;
  };
  try {
    const [few, many] = [await peakOf(FEW), await peakOf(MANY)];
    expect(queue.taken.messages).toBe(FEW + MANY);
    expect(few).toBeGreaterThan(0);
    expect(many - few, `${few} bytes at ${FEW} lines, ${many} at ${MANY}`).toBeLessThan(MOST_GROWTH_BYTES);
  } finally {
    queue.close();
  }
});
