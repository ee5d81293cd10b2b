import { setTimeout as sleep } from 'node:timers/promises';
import { TargetList } from '@signalbox/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { historyOf, sharesOf } from './kit/health-history.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { startSender } from './kit/sender.ts';
import { runSignalbox } from './kit/signalbox-command.ts';
import { createSimulator } from './kit/simulator.ts';
import { createTenants } from './kit/tenants.ts';
import { deployTroubleTable, targetOf } from './kit/trouble-table.ts';

const ROUTE = 'orders';
const [FIRST, SECOND] = [targetOf(ROUTE, 0), targetOf(ROUTE, 1)];

let running: RunningStack;
let producer: Producer;
let bus: BusListener;

beforeAll(async () => {
  running = await startStack({ args: ['--minute', '60s'] });
  producer = createProducer(running.stack);
  bus = await listenToBus(running.stack);
  await deployTroubleTable(running.stack, [
    { name: ROUTE, weights: [3, 2] },
    { name: 'by-hand', weights: [3, 2] },
  ]);
});
afterAll(() => running?.stop());

const signalbox = (...args: string[]) => runSignalbox([...args, '--stack', running.dataDirectory]);

async function listed(target: string) {
  const reply = await fetch(`${running.stack.gatewayUrl}/v1/targets`, { headers: { authorization: `Bearer ${running.stack.apiKey}` } });
  return TargetList.parse(await reply.json()).targets.find((one) => one.target === target);
}

async function told(type: string, target: string, withinMs: number): Promise<number> {
  const [event] = await bus.waitFor(({ detailType, data }) => detailType === type && data.target === target, 1, withinMs);
  return Date.parse(event?.metadata.occurredAt ?? '');
}

it('takes traffic from a target that is down within seconds, and gives it back step by step, while no request fails', async () => {
  const tenants = await createTenants(
    running.stack,
    Array.from({ length: 8 }, (_, index) => `tenant-${index}`),
  );
  // Down before it is asked, so that few calls suffice; health-troubles.long.test.ts takes one out that was well.
  expect(await signalbox('chaos', 'outage', FIRST)).toMatchObject({ code: 0 });
  const startedAt = Date.now();
  // Well over three a second, below which a target is given all of its traffic back at once.
  const load = startSender(tenants, { everyMs: 100, next: (count) => question(`Question ${count}`, { route: ROUTE }) });
  const ejectedAt = await told('TargetEjected', FIRST, 30_000);
  expect(ejectedAt - startedAt).toBeLessThan(15_000);
  expect(await listed(FIRST)).toMatchObject({ state: 'open', share: 0, reason: expect.stringMatching(/^ejected: /) });
  expect(await listed(SECOND)).toMatchObject({ state: 'closed', share: 1 });
  await sleep(12_000);
  expect(await signalbox('chaos', 'clear')).toMatchObject({ code: 0 });
  const clearedAt = Date.now();
  const restoredAt = await told('TargetRestored', FIRST, 120_000);
  await sleep(6_000);
  const answers = await load.end();

  expect(answers.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  const firstTries = (from: number, to: number) => {
    const own = answers.filter(({ sentAt }) => sentAt > from && sentAt < to);
    expect(own.length).toBeGreaterThan(5);
    return own.filter(({ attempts = [] }) => attempts[0]?.target === FIRST).length / own.length;
  };
  // A process that was idle goes once by an overlay of up to five seconds.
  expect(firstTries(ejectedAt + 6_000, clearedAt)).toBe(0);
  expect(firstTries(restoredAt + 2_500, Number.POSITIVE_INFINITY)).toBeGreaterThan(0.2);
  const events = await bus.drain();
  expect(historyOf(events, FIRST).map(({ type }) => type)).toEqual(['TargetEjected', 'TargetProbing', 'TargetRestored']);
  expect(historyOf(events, SECOND)).toEqual([]);
  const growing = sharesOf(events, FIRST).map(({ share }) => share);
  expect(growing).toEqual(growing.toSorted((one, other) => one - other));
  expect(growing[0]).toBe(0);
  expect(growing.at(-1)).toBe(1);
  expect(growing.length).toBeGreaterThanOrEqual(3);
  // The platform's own probes are in nobody's figures, and one can see them all the same.
  const simulator = createSimulator(running.stack);
  expect(await simulator.attempts()).not.toContainEqual(expect.objectContaining({ synthetic: true }));
  expect((await simulator.attempts({ synthetic: true })).filter(({ synthetic }) => synthetic).length).toBeGreaterThanOrEqual(3);
}, 240_000);

it('obeys an operator, who says why and for how long, and is named', async () => {
  const [held, other] = [targetOf('by-hand', 0), targetOf('by-hand', 1)];
  const ask = async () => {
    const request = question('Who?', { route: 'by-hand' });
    await producer.send(request);
    return (await producer.waitFor(request.id ?? '')).servedBy?.target;
  };
  const withoutReason = await signalbox('targets', 'eject', held, '--for', '30s');
  expect(withoutReason).toMatchObject({ code: expect.not.stringMatching(/^0$/), stderr: expect.stringContaining('--reason') });
  expect(withoutReason.code).not.toBe(0);
  const author = { environment: { USER: 'ann' } };
  const ejected = await runSignalbox(
    ['targets', 'eject', held, '--reason', 'model upgrade', '--for', '30s', '--stack', running.dataDirectory],
    author,
  );
  expect(ejected.code).toBe(0);
  const holdsUntil = Date.now() + 30_000;
  expect(await listed(held)).toMatchObject({
    share: 0,
    reason: expect.stringContaining('model upgrade'),
    hold: { author: expect.any(String) },
  });
  const { stdout } = await signalbox('targets', 'list');
  expect(stdout).toMatch(new RegExp(`${held}.*model upgrade`));
  // An idle process goes by an overlay of up to five seconds.
  await sleep(5_500);
  expect(new Set([await ask(), await ask(), await ask(), await ask(), await ask(), await ask()])).toEqual(new Set([other]));
  // It ends by itself, within five seconds as long as there is traffic.
  let last = await listed(held);
  while (last?.share !== 1 && Date.now() < holdsUntil + 15_000) {
    await ask();
    await sleep(1_000);
    last = await listed(held);
  }
  expect(last).toMatchObject({ state: 'closed', share: 1 });
  expect(Date.now()).toBeGreaterThan(holdsUntil - 2_000);
  const changed = (await bus.drain()).filter(({ detailType }) => detailType === 'RoutingOverlayChanged');
  expect(JSON.stringify(changed.map(({ data }) => data.reason))).toContain('model upgrade');
}, 120_000);
