import { ErrorBody } from '@signalbox/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { runSignalbox } from './kit/signalbox-command.ts';
import { createSimulator } from './kit/simulator.ts';

vi.setConfig({ testTimeout: 180_000 });

/** Every model of the route `default`. */
const MODELS = ['amazon.nova-lite-v1:0', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'amazon.nova-micro-v1:0'];

let running: RunningStack;
let producer: Producer;
let bus: BusListener;
let simulator: ReturnType<typeof createSimulator>;

beforeAll(async () => {
  running = await startStack();
  producer = createProducer(running.stack);
  bus = await listenToBus(running.stack);
  simulator = createSimulator(running.stack);
});
afterEach(() => simulator.heal());
afterAll(() => running.stop());

/** What the command printed as JSON; it has to succeed. */
async function command<T>(...args: string[]): Promise<T> {
  const ended = await runSignalbox([...args, '--stack', running.dataDirectory, '--json']);
  if (ended.code !== 0) throw new Error(`signalbox ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`);
  return JSON.parse(ended.stdout) as T;
}

type Key = { token: string; prefix: string; state: string };

/** What the gateway says to a caller with a key. */
async function call(token: string): Promise<{ status: number; code?: string }> {
  const reply = await fetch(`${running.stack.gatewayUrl}/v1/routes`, { headers: { authorization: `Bearer ${token}` } });
  return reply.ok ? { status: reply.status } : { status: reply.status, code: ErrorBody.parse(await reply.json()).error.code ?? '' };
}

/** A key that was used is known for up to half a minute. */
async function untilRefused(token: string, code: string): Promise<void> {
  await expect.poll(() => call(token), { timeout: 60_000, interval: 1_000 }).toEqual({ status: 401, code });
}

describe.concurrent('an API key', () => {
  it('works from its creation until it is revoked', async () => {
    const key = await command<Key>('keys', 'create', '--tenant', 'acme', '--scopes', 'route:default', '--label', 'ci');
    expect(await call(key.token)).toEqual({ status: 200 });
    const { keys } = await command<{ keys: Key[] }>('keys', 'list', '--tenant', 'acme');
    expect(keys).toMatchObject([{ prefix: key.prefix, tenant: 'acme', scopes: ['route:default'], label: 'ci', state: 'active' }]);
    expect(JSON.stringify(keys)).not.toContain(key.token.slice(-20));
    expect(await command('keys', 'revoke', key.prefix)).toMatchObject({ state: 'revoked' });
    await untilRefused(key.token, 'revoked_api_key');
    expect(await call(running.stack.apiKey)).toEqual({ status: 200 });
  });

  it('that is rotated works beside the new one for the overlap', async () => {
    const old = await command<Key>('keys', 'create', '--tenant', 'rotating');
    const next = await command<Key & { previous: Key }>('keys', 'rotate', old.prefix, '--overlap', '20s');
    expect([await call(old.token), await call(next.token)]).toEqual([{ status: 200 }, { status: 200 }]);
    await untilRefused(old.token, 'expired_api_key');
    expect(await call(next.token)).toEqual({ status: 200 });
  });
});

describe("a tenant's limit on the queue", () => {
  it('lets requests wait that are over it, says so, and has all of them answered', async () => {
    await command('tenants', 'set', 'slow', '--concurrency', '1');
    for (const model of MODELS) await simulator.break(model, { kind: 'latency', latencyMs: 3_000 });
    const requests = [1, 2, 3].map((number) => question(`Question ${number}`, { tenant: 'slow', labels: { team: 'search' } }));
    const before = (await simulator.attempts()).length;
    await producer.sendMany(requests);
    const ids = requests.map(({ id }) => id);
    const told = await bus.waitFor(({ detailType, data }) => detailType === 'InferenceDeferred' && ids.includes(data.id), 2, 30_000);
    expect(told[0]?.data.reason).toMatch(/^limited: concurrency of the tenant is 1: 1 needed, 0 left, resets at /);
    const ended = await bus.waitFor(({ detailType, data }) => detailType === 'InferenceCompleted' && ids.includes(data.id), 3, 120_000);
    expect(new Set(ended.map(({ data }) => data.id)).size).toBe(3);
    // One after the other: each call begins after the one before has ended.
    const calls = (await simulator.attempts()).slice(before).toSorted((one, other) => one.at - other.at);
    expect(calls).toHaveLength(3);
    for (const [index, { at }] of calls.entries()) {
      const previous = calls[index - 1];
      if (previous) expect(at).toBeGreaterThanOrEqual(previous.at + previous.durationMs - 50);
    }
  });

  it('counts what was used and what it cost, by day, route and label', async () => {
    const byLabel = await command<{ rows: { key: string; requests: number; costUsd: number }[]; total: { requests: number } }>(
      ...['tenants', 'usage', 'slow', '--by', 'label:team'],
    );
    expect(byLabel).toMatchObject({ rows: [{ key: 'search', requests: 3, unpriced: 0 }], total: { requests: 3 } });
    expect(byLabel.rows[0]?.costUsd).toBeGreaterThan(0);
    expect(await command('tenants', 'usage', 'slow', '--by', 'route')).toMatchObject({ rows: [{ key: 'default', requests: 3 }] });
  });

  it('of money is settled by what the answers cost', async () => {
    await command('tenants', 'set', 'thrifty', '--usd-per-day', '1', '--route', 'default');
    const request = question('How much?', { tenant: 'thrifty' });
    await producer.send(request);
    const [ended] = await bus.waitFor(({ detailType, data }) => detailType === 'InferenceCompleted' && data.id === request.id, 1, 60_000);
    type Shown = { standings: { limit: string; used: number; held: number }[] };
    const shown = () => command<Shown>('tenants', 'show', 'thrifty');
    await expect.poll(async () => (await shown()).standings[0]?.used, { timeout: 20_000 }).toBeCloseTo(ended?.data.costUsd as number, 9);
  });
});
