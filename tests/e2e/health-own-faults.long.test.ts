import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { RoutingTable } from '@signalbox/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { historyOf, sharesOf } from './kit/health-history.ts';
import { question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { type Answered, type Sender, startSender } from './kit/sender.ts';
import { createSimulator, type ModelFault } from './kit/simulator.ts';
import { createTenants, type Tenant } from './kit/tenants.ts';
import { deployTroubleTable, targetOf } from './kit/trouble-table.ts';

/** What befalls the controller itself: answers go on, and the overlay recovers by itself. Each trouble has a route of its own. */
const ROUTES = ['killed', 'forged', 'twins', 'throttled', 'silent', 'down'] as const;
const DOWN: ModelFault = { kind: 'error', status: 503 };
const STATE_MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:signalbox-local-probe-target';
const HEALTH_TABLE = 'signalbox-local-health';
/** Of the controller. */
const DOWN_FOR_MS = 600_000;

let running: RunningStack;
let settings: { region: string; endpoint: string; credentials: RunningStack['stack']['credentials'] };
let bus: BusListener;
let tenants: Tenant[];
let simulator: ReturnType<typeof createSimulator>;
let table: RoutingTable;
let killedAt: number;

beforeAll(async () => {
  running = await startStack({ args: ['--minute', '60s'] });
  const { region, credentials, awsEndpointUrl: endpoint } = running.stack;
  settings = { region, credentials, endpoint };
  tenants = await createTenants(
    running.stack,
    Array.from({ length: 8 }, (_, index) => `tenant-${index}`),
  );
  simulator = createSimulator(running.stack);
  bus = await listenToBus(running.stack);
  table = await deployTroubleTable(
    running.stack,
    ROUTES.map((name) => ({ name, weights: [3, 2] })),
  );
  killedAt = await killRecovery();
}, 180_000);
afterAll(() => running?.stop());

/** Five requests a second to a route, until the test ends them. */
function startTraffic(route: (typeof ROUTES)[number]): Sender {
  return startSender(tenants, { everyMs: 200, next: (count) => question(`Question ${count}`, { route }) });
}

/** The target of a route that fails, whose recovery is killed while it waits. */
async function killRecovery(): Promise<number> {
  const target = targetOf('killed', 0);
  // Down before it is asked: then few calls suffice to eject it.
  await simulator.break(target, DOWN);
  const load = startTraffic('killed');
  await bus.waitFor(({ detailType, data }) => detailType === 'TargetEjected' && data.target === target, 1, 30_000);
  const stepFunctions = new SFNClient(settings);
  const { executions = [] } = await stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: STATE_MACHINE, statusFilter: 'RUNNING' }),
  );
  const recoveries = executions.filter(({ name = '' }) => name.startsWith('recovery'));
  expect(recoveries.length).toBeGreaterThan(0);
  for (const { executionArn } of recoveries) await stepFunctions.send(new StopExecutionCommand({ executionArn }));
  await simulator.heal();
  await sleep(3_000);
  expectAllAnswered(await load.end());
  return Date.now();
}

function expectAllAnswered(answers: readonly Answered[]): void {
  expect(answers.length).toBeGreaterThan(10);
  expect(answers.filter(({ status }) => status !== 'succeeded')).toEqual([]);
}

/** When the fleet is told that a target gets next to nothing, degraded or ejected. */
async function leftAt(target: string, withinMs: number): Promise<number> {
  const endsAt = Date.now() + withinMs;
  for (;;) {
    const left = sharesOf(await bus.drain(), target).find(({ share }) => share <= 0.02);
    if (left) return left.at;
    if (Date.now() > endsAt)
      throw new Error(`${target} has kept its traffic for ${withinMs} ms: ${JSON.stringify(historyOf(await bus.drain(), target))}`);
    await sleep(250);
  }
}

it('is not moved by a flood of forged events: unknown targets, far times, copies, and what is no event', async () => {
  const load = startTraffic('forged');
  await sleep(3_000);
  const known = Object.values(table.targets).find(({ id }) => id === targetOf('forged', 0));
  const forge = (observed: object) => JSON.stringify(attemptsObserved({ target: known?.id, definition: known?.definition, ...observed }));
  const copied = forge({ outcome: 'succeeded' });
  const details = [
    ...Array.from({ length: 300 }, (_, index) => forge({ target: `nobody-${index}`, definition: 'none' })),
    ...Array.from({ length: 300 }, () => forge({ bucketStart: Date.now() + 1e12 })),
    ...Array.from({ length: 300 }, () => forge({ bucketStart: Date.now() - 1e9 })),
    ...Array.from({ length: 300 }, () => forge({ definition: 'another' })),
    ...Array.from({ length: 100 }, () => copied),
    '{"metadata":{}}',
    forge({ outcome: 'exploded' }),
    forge({ count: -5 }),
    forge({ latenciesMs: [0.5] }),
  ];
  await putEvents(details);
  await sleep(10_000);
  expectAllAnswered(await load.end());
  const events = await bus.drain();
  expect(historyOf(events, targetOf('forged', 0))).toEqual([]);
  expect(historyOf(events, targetOf('forged', 1))).toEqual([]);
}, 120_000);

it('is judged by one at a time, however many judge', async () => {
  const target = targetOf('twins', 0);
  const load = startTraffic('twins');
  await sleep(5_000);
  await simulator.break(target, DOWN);
  const lambda = new LambdaClient(settings);
  const judged = Array.from({ length: 40 }, async (_, index) => {
    await sleep(index * 200);
    return lambda.send(new InvokeCommand({ FunctionName: 'signalbox-local-evaluate-health', Payload: JSON.stringify(scheduled()) }));
  });
  expect((await Promise.all(judged)).filter(({ FunctionError }) => FunctionError !== undefined)).toEqual([]);
  await leftAt(target, 30_000);
  await simulator.heal();
  expectAllAnswered(await load.end());
  const events = await bus.drain();
  // Each change was told once, and each overlay has a sequence of its own.
  const told = events
    .filter(({ source, data }) => source === 'signalbox.controller' && data.target === target)
    .map(({ metadata }) => metadata.id);
  expect(told.length).toBeGreaterThan(0);
  expect(new Set(told).size).toBe(told.length);
  const sequences = events.filter(({ detailType }) => detailType === 'RoutingOverlayChanged').map(({ metadata }) => metadata.id);
  expect(new Set(sequences).size).toBe(sequences.length);
}, 120_000);

it('goes on by itself after its table was throttled for half a minute', async () => {
  const target = targetOf('throttled', 0);
  const load = startTraffic('throttled');
  await sleep(5_000);
  await simulator.breakAws({ service: 'dynamodb', contains: HEALTH_TABLE, kind: 'throttle', forSeconds: 30 });
  await simulator.break(target, DOWN);
  await sleep(30_000);
  await simulator.healAws();
  const healedAt = Date.now();
  expect(historyOf(await bus.drain(), target)).toEqual([]);
  expect((await leftAt(target, 75_000)) - healedAt).toBeLessThan(65_000);
  await simulator.heal();
  expectAllAnswered(await load.end());
}, 180_000);

it('hears of an outage when the bus is back, and until then each process helps itself', async () => {
  const target = targetOf('silent', 0);
  const load = startTraffic('silent');
  await sleep(5_000);
  // What they saw is not told; everything else is.
  await simulator.breakAws({ service: 'events', contains: 'AttemptsObserved', kind: 'error', forSeconds: 60 });
  await simulator.break(target, DOWN);
  const brokenAt = Date.now();
  await sleep(60_000);
  await simulator.healAws();
  const healedAt = Date.now();
  // Those who have left the target look again now and then; what they see is heard of now.
  expect((await leftAt(target, 120_000)) - healedAt).toBeGreaterThan(-1_000);
  await simulator.heal();
  const answers = await load.end();
  expectAllAnswered(answers);
  const blind = answers.filter(({ sentAt }) => sentAt > brokenAt + 10_000 && sentAt < healedAt);
  const firstTries = blind.filter(({ attempts = [] }) => attempts[0]?.target === target).length;
  // Three of five without anybody's help.
  expect(firstTries / blind.length).toBeLessThan(0.3);
}, 180_000);

it('is not missed while it is down for ten minutes, and takes up its work again', async () => {
  const target = targetOf('down', 0);
  const load = startTraffic('down');
  await sleep(5_000);
  await simulator.break(target, DOWN);
  await leftAt(target, 30_000);
  await sleep(2_000);
  await simulator.breakAws({ service: 'dynamodb', contains: HEALTH_TABLE, kind: 'kill-caller-before', forSeconds: DOWN_FOR_MS / 1_000 });
  const downAt = Date.now();
  await sleep(DOWN_FOR_MS);
  await simulator.healAws();
  const backAt = Date.now();
  await simulator.heal();
  await bus.waitFor(({ detailType, data }) => detailType === 'TargetRestored' && data.target === target, 1, 150_000);
  const answers = await load.end();
  expectAllAnswered(answers);
  const meanwhile = answers.filter(({ sentAt }) => sentAt > downAt && sentAt < backAt);
  expect(meanwhile.filter(({ attempts = [] }) => attempts[0]?.target === target).length / meanwhile.length).toBeLessThan(0.03);
  expect(sharesOf(await bus.drain(), target).at(-1)?.share).toBe(1);
}, 900_000);

it('starts a recovery anew that was killed', async () => {
  const target = targetOf('killed', 0);
  const load = startTraffic('killed');
  await bus.waitFor(({ detailType, data }) => detailType === 'TargetRestored' && data.target === target, 1, 300_000);
  await sleep(5_000);
  expectAllAnswered(await load.end());
  const history = historyOf(await bus.drain(), target);
  const restored = history.find(({ type }) => type === 'TargetRestored');
  expect(restored?.at).toBeGreaterThan(killedAt);
  expect(restored?.reason).toMatch(/probes passed|calls well/);
  // Nobody but the next execution can have brought it back.
  const { executions = [] } = await new SFNClient(settings).send(new ListExecutionsCommand({ stateMachineArn: STATE_MACHINE }));
  const later = executions.filter(
    ({ name = '', startDate, status }) => name.startsWith('recovery') && status === 'SUCCEEDED' && Number(startDate) > killedAt,
  );
  expect(later.length).toBeGreaterThanOrEqual(1);
}, 330_000);

function attemptsObserved(observed: object): object {
  const observation = {
    route: 'forged',
    bucketStart: Date.now() - 1_000,
    outcome: 'faulted',
    slow: false,
    tenantSlot: 1,
    count: 50,
    latenciesMs: [1],
  };
  return {
    metadata: { id: randomUUID(), version: '1.0', occurredAt: new Date().toISOString(), correlationId: 'forger' },
    data: { sandbox: 'forger', stage: 'local', tableVersion: 'x', observations: [{ ...observation, ...observed }] },
  };
}

async function putEvents(details: readonly string[]): Promise<void> {
  const events = new EventBridgeClient(settings);
  for (let start = 0; start < details.length; start += 10) {
    const Entries = details.slice(start, start + 10).map((Detail) => ({
      EventBusName: running.stack.eventBusName,
      Source: 'signalbox.inference',
      DetailType: 'AttemptsObserved',
      Detail,
    }));
    await events.send(new PutEventsCommand({ Entries }));
  }
}

/** What the schedule sends. */
function scheduled(): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: new Date().toISOString(),
    region: 'us-east-1',
    resources: [],
    detail: {},
  };
}
