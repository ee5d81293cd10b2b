import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, deployTable } from '@signalbox/client/releases';
import type { RoutingTable } from '@signalbox/contracts';
import { question } from '../../e2e/kit/producer.ts';
import { readTableCopy } from '../../e2e/kit/routing-tables.ts';
import { createSimulator } from '../../e2e/kit/simulator.ts';
import { awsProgram } from '../kit/aws-program.ts';
import { embeddedStack } from '../kit/embedded-stack.ts';
import { PYTHON_NEEDS, pythonEnvironment } from '../kit/python-environment.ts';
import { byPart, type Comparison, report } from '../kit/report.ts';
import { startServer } from '../kit/start-server.ts';
import { PYTHON_PACKAGES, START } from '../versions.ts';
import { askForGaps } from './ask-for-gaps.ts';
import { deployStacks } from './deploy-stacks.ts';
import { describeInstallation } from './describe-installation.ts';
import { JOBS, type Job } from './jobs.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { makeTables, NEW_ROUTE } from './routing-tables.ts';
import { ANSWER_WITHIN_MS, createWorld, seenResult, type World } from './world.ts';

const bin = await pythonEnvironment(PYTHON_PACKAGES.ministack);
await using embedded = await embeddedStack();
const { awsEndpointUrl: modelEndpoint, simulatorUrl } = embedded.stack;
const folder = join(embedded.folder, 'ministack');
await mkdir(folder);
await using peer = await startServer((port) => START.ministack({ bin, port, folder, modelEndpoint }), { needs: PYTHON_NEEDS });
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const aws = await awsProgram({ endpointUrl: peer.endpoint, region: 'us-east-1', credentials });

const deployed = await deployStacks({ aws, folder });
const stack = await describeInstallation({ endpoint: peer.endpoint, simulatorUrl, credentials, deployed });
const [ours, theirs] = [await createWorld(embedded.stack), await createWorld(stack)];
const tables = makeTables(await readTableCopy(embedded.stack));

const [jobs, gaps] = await Promise.all([compareAll(), askForGaps({ aws, folder })]);
for (const { producer } of [ours, theirs]) producer.sqs.destroy();
report(`The main job on ${PYTHON_PACKAGES.ministack[0]} and on the embedded stack`, [...jobs, ...gaps], KNOWN_DIFFERENCES);

async function compareAll(): Promise<Comparison[]> {
  const all: [string, Job][] = [
    ['the first release', (world) => release(world, tables.first)],
    ...Object.entries(JOBS),
    ['a release', (world) => release(world, tables.second)],
    ['a request after a release', askForNewRoute],
  ];
  const comparisons: Comparison[] = [];
  for (const [name, job] of all) comparisons.push(...(await compare(name, job)));
  return comparisons;
}

/** One after the other: both ask the same models, whose calls are counted. */
async function compare(name: string, job: Job): Promise<Comparison[]> {
  return byPart({ name, ours: await counted(ours, job), theirs: await counted(theirs, job) });
}

async function counted(world: World, job: Job): Promise<Record<string, unknown>> {
  const simulator = createSimulator(world.stack);
  const before = (await simulator.attempts()).length;
  const outcome = await job(world);
  return { modelCalls: (await simulator.attempts()).length - before, ...outcome };
}

/** As `signalbox policy deploy --emergency` does: at once, so that the embedded AppConfig does not take its twenty minutes. */
async function release(world: World, table: RoutingTable): Promise<Record<string, unknown>> {
  const outcome = await deployTable(await connect({ stack: world.stack }), { table, emergency: true });
  return { kind: outcome.kind, tableVersion: outcome.tableVersion, copy: await versionOfCopy(world) };
}

async function versionOfCopy({ stack }: World): Promise<string> {
  try {
    return (await readTableCopy(stack)).version;
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return 'none';
    throw error;
  }
}

async function askForNewRoute({ producer }: World): Promise<Record<string, unknown>> {
  const request = question('What is the capital of France?', { route: NEW_ROUTE });
  await producer.send(request);
  return { result: seenResult(await producer.waitFor(request.id ?? '', ANSWER_WITHIN_MS)) };
}
