import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { createProducer as createSdkProducer } from '@signalbox/client';
import { InferenceResult } from '@signalbox/contracts';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { untilSettled } from './kit/queues.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { type Ended, runPrinted, runSignalbox } from './kit/signalbox-command.ts';
import { createSimulator } from './kit/simulator.ts';

vi.setConfig({ testTimeout: 120_000 });

const LINES = 300;
const folder = mkdtempSync(join(tmpdir(), 'signalbox-send-e2e-'));
const file = join(folder, 'questions.jsonl');
let running: RunningStack;
let producer: Producer;

beforeAll(async () => {
  running = await startStack();
  producer = createProducer(running.stack);
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true });
});

type LineTold = { line: number; id: string; outcome: string };

function linesOf({ stdout }: Ended): LineTold[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const attempts = async () => (await createSimulator(running.stack).attempts()).length;
const idsOf = (ended: Ended) => linesOf(ended).map(({ id }) => id);
/** Rules of tails that have their queue. */
async function listeningTails(): Promise<string[]> {
  const { region, credentials, awsEndpointUrl, eventBusName: EventBusName } = running.stack;
  const client = new EventBridgeClient({ region, credentials, endpoint: awsEndpointUrl });
  const { Rules = [] } = await client.send(new ListRulesCommand({ EventBusName, NamePrefix: 'signalbox-tail-' }));
  const names = Rules.map(({ Name = '' }) => Name);
  const targets = await Promise.all(names.map((Rule) => client.send(new ListTargetsByRuleCommand({ EventBusName, Rule }))));
  return names.filter((_, index) => targets[index]?.Targets?.length);
}

const line = (text: string) => JSON.stringify({ messages: question(text).messages });

it('a file whose sending was interrupted and taken up again, twice, has one result for each line and one model call', async () => {
  writeFileSync(file, Array.from({ length: LINES }, (_, index) => line(`Line ${index}`)).join('\n'));
  const before = await attempts();
  const args = ['send', file, '--stack', running.dataDirectory, '--json'];
  const interrupted = await runSignalbox([...args, '--rate', '100'], {
    onLines: (count, { interrupt }) => {
      if (count > LINES / 3) interrupt();
    },
  });
  expect(interrupted).toMatchObject({ code: 130, stderr: expect.stringContaining('interrupted') });
  const first = idsOf(interrupted);
  expect(first.length).toBeGreaterThanOrEqual(LINES / 3);
  expect(first.length).toBeLessThan(LINES);
  // By the command that it printed, which skips what was sent.
  const printed = /^Go on with: (.*)$/m.exec(interrupted.stderr)?.[1] ?? '';
  const resumed = await runPrinted(printed);
  expect(new Set([...first, ...idsOf(resumed)]).size).toBe(LINES);
  expect(idsOf(resumed)).toHaveLength(LINES - first.length);
  // And as somebody does who saw nothing of it: the whole file again.
  const again = await runSignalbox(args);
  expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
  expect(new Set(idsOf(again))).toEqual(new Set([...first, ...idsOf(resumed)]));
  const results = await producer.waitForAll(idsOf(again), 90_000);
  expect(results.map(({ status }) => status)).toEqual(Array.from({ length: LINES }, () => 'succeeded'));
  await untilSettled(producer.sqs, running.stack, 60_000);
  expect((await attempts()) - before).toBe(LINES);
});

it('a file goes by the API alone, with a bad line told by its number and large content by an upload', async () => {
  const path = join(folder, 'mixed.jsonl');
  const large = line(`Long: ${'x'.repeat(300_000)}`);
  writeFileSync(path, [line('One'), '{"messages":', JSON.stringify({ ...JSON.parse(line('x')), route: 'nowhere' }), large].join('\n'));
  const { gatewayUrl, apiKey } = running.stack;
  const environment = { SIGNALBOX_API_KEY: apiKey };
  const sent = await runSignalbox(['send', path, '--gateway', gatewayUrl, '--json'], { environment });
  expect(sent.code).toBe(1);
  const told = linesOf(sent).sort((left, right) => left.line - right.line);
  expect(told.map(({ outcome }) => outcome)).toEqual(['sent', 'invalid', 'invalid', 'sent']);
  expect(told[2]).toMatchObject({ problems: [{ path: 'route' }] });
  const ids = told.filter(({ outcome }) => outcome === 'sent').map(({ id }) => id);
  const sdk = createSdkProducer({ gatewayUrl, apiKey });
  const results: InferenceResult[] = [];
  for await (const result of sdk.results({ batch: ids, timeoutMs: 60_000 })) results.push(result);
  expect(results.map(({ id, status }) => `${id} ${status}`).sort()).toEqual(ids.map((id) => `${id} succeeded`).sort());
  const shown = await runSignalbox(['result', ids[0] ?? '', '--gateway', gatewayUrl, '--json'], { environment });
  expect(InferenceResult.parse(JSON.parse(shown.stdout))).toMatchObject({ id: ids[0], status: 'succeeded' });
});

it('a rejected message is looked at without being taken, mended, and answered; its event could be watched', async () => {
  const stack = ['--stack', running.dataDirectory];
  const id = `mend-${Date.now()}`;
  const tail = runSignalbox(['events', 'tail', '--id', id, '--count', '2', '--json', ...stack]);
  await vi.waitFor(async () => expect(await listeningTails()).toHaveLength(1), { timeout: 30_000, interval: 300 });
  await producer.send({ ...question('Mend me', { id }), temperature: 1 });
  const list = async () => {
    const ended = await runSignalbox(['rejected', 'list', '--json', ...stack]);
    return (JSON.parse(ended.stdout) as { messages: { requestId: string; reason: string }[] }).messages.filter(
      ({ requestId }) => requestId === id,
    );
  };
  await vi.waitFor(async () => expect(await list()).toMatchObject([{ reason: 'malformed' }]), { timeout: 30_000, interval: 500 });
  expect(await list()).toHaveLength(1);
  const refused = await runSignalbox(['rejected', 'redrive', id, '--json', ...stack]);
  expect({ code: refused.code, ...JSON.parse(refused.stdout) }).toMatchObject({
    code: 1,
    outcome: 'broken',
    problems: [{ path: 'temperature' }],
  });
  const mended = await runSignalbox(['rejected', 'redrive', id, '--unset', 'temperature', '--json', ...stack]);
  expect({ code: mended.code, ...JSON.parse(mended.stdout) }).toMatchObject({ code: 0, outcome: 'sent', id });
  expect((await producer.waitFor(id, 30_000)).status).toBe('succeeded');
  expect(await list()).toEqual([]);
  const { code, stdout } = await tail;
  const types = stdout
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text)['detail-type']);
  expect({ code, types: types.sort() }).toEqual({ code: 0, types: ['InferenceCompleted', 'InferenceRejected'] });
  expect(await listeningTails()).toEqual([]);
});
