import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { producerOf } from '../producer/create-producer.ts';
import type { ProducerPorts } from '../producer/producer-ports.ts';
import { createTestPorts, FORBIDDEN, testResult } from '../producer/testing/test-ports.ts';
import { createTestOutput } from '../testing/test-output.ts';
import { type SendOptions, sendFile } from './send-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-send-'));
afterAll(() => rmSync(folder, { recursive: true }));

const good = (text: string) => JSON.stringify({ messages: [{ role: 'user', content: [{ text }] }] });
writeFileSync(join(folder, 'good.jsonl'), [good('a'), good('b'), good('c')].join('\n'));
writeFileSync(join(folder, 'it is bad.jsonl'), [good('a'), 'nope', good('c')].join('\n'));

type Sending = { file?: string; input?: string; options?: Partial<SendOptions>; ports?: Partial<ProducerPorts>; signal?: AbortSignal };

async function send({ file = 'good.jsonl', input = '', options = {}, ports: own = {}, signal = new AbortController().signal }: Sending) {
  const { ports, calls } = createTestPorts({ readResult: async (id) => testResult({ id }), ...own });
  const test = createTestOutput();
  const code = await sendFile({
    file,
    from: folder,
    stdin: Readable.from([Buffer.from(input)]),
    options: { timeout: 0.2, ...options },
    placeFlags: '--stage prod',
    producer: producerOf({ queues: { standard: 'https://q/standard' }, hasBucket: false, ports }),
    output: test.output,
    isWatched: false,
    signal,
  });
  return { code, ids: calls.flatMap(({ ids }) => ids), ...test };
}

describe('sendFile', () => {
  it('says nothing when all went well and nobody watches', async () => {
    const { code, ids, printed, noted, statuses } = await send({});
    expect({ code, count: ids.length, printed: printed(), noted: noted(), statuses }).toEqual({
      code: 0,
      count: 3,
      printed: '',
      noted: '',
      statuses: [],
    });
  });

  it('prints a document for each line to programs', async () => {
    const { code, ids, printed, noted } = await send({ file: 'it is bad.jsonl', options: { json: true } });
    const documents = printed()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(documents).toContainEqual({ line: 1, id: ids[0], outcome: 'sent' });
    expect(documents).toContainEqual({ line: 2, outcome: 'invalid', problems: [{ path: '', message: expect.stringContaining('JSON') }] });
    expect(noted()).toBe('2 sent, 1 refused');
  });

  it('ends with 1 after a bad line, which it names', async () => {
    const { code, noted, ids } = await send({ file: 'it is bad.jsonl' });
    expect(code).toBe(1);
    expect(ids).toHaveLength(2);
    expect(noted()).toContain('line 2: the request is not JSON');
  });

  it('says how to go on when the queue takes no more', async () => {
    const refuse: ProducerPorts['sendBatch'] = async (_, requests) => requests.map(() => FORBIDDEN);
    const { code, noted } = await send({ file: 'it is bad.jsonl', options: { route: 'fast' }, ports: { sendBatch: refuse } });
    expect(code).toBe(1);
    expect(noted()).toContain('then the queue took no more: AccessDenied: no');
    expect(noted()).toMatch(
      /signalbox send 'it is bad.jsonl' --campaign 'it is bad.jsonl-[0-9a-f]{8}' --from-line 1 --route fast --stage prod\n/,
    );
  });

  it('ends with 130 and says how to go on when it is interrupted', async () => {
    const { code, noted, ids } = await send({ signal: AbortSignal.abort() });
    expect({ code, ids }).toEqual({ code: 130, ids: [] });
    expect(noted()).toContain('--from-line 1');
  });

  it('sends the same ids again for the same file, and others for what comes by a pipe', async () => {
    expect((await send({})).ids).toEqual((await send({})).ids);
    const piped = await send({ file: '-', input: good('a') });
    expect(piped.ids).not.toEqual((await send({ file: '-', input: good('a') })).ids);
    const named = { file: '-', input: good('a'), options: { campaign: 'spring' } };
    expect((await send(named)).ids).toEqual((await send(named)).ids);
  });

  it('waits for the results, and ends as they did', async () => {
    const { code, printed } = await send({ options: { wait: true } });
    expect(code).toBe(0);
    expect(printed()).toMatch(/^1\tsend-[0-9a-f]{40}\tsucceeded$/m);
    const failed = await send({
      options: { wait: true, json: true },
      ports: { readResult: async (id) => testResult({ id, status: 'failed' }) },
    });
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.printed().split('\n')[0] ?? '')).toMatchObject({ line: 1, status: 'failed' });
    const open = await send({ options: { wait: true }, ports: { readResult: async () => undefined } });
    expect(open.code).toBe(3);
    expect(open.noted()).toContain('3 still wait');
  });

  it.each([
    ['a file that is not there', 'none.jsonl', 'There is no file none.jsonl'],
    ['a folder', '.', 'is a folder'],
  ])('refuses %s as wrong use', async (_, file, message) => {
    await expect(send({ file })).rejects.toThrow(message);
  });
});
