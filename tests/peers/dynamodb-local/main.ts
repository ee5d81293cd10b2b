import { join } from 'node:path';
import { makeRandom } from '../event-ruler/make-random.ts';
import { embeddedStack } from '../kit/embedded-stack.ts';
import { JAVA_NEEDS, javaClassPath } from '../kit/java-class-path.ts';
import { type Comparison, report } from '../kit/report.ts';
import { startServer } from '../kit/start-server.ts';
import { JARS, START } from '../versions.ts';
import { CALLS } from './calls.ts';
import { dynamoCall } from './dynamo-call.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { settleAtRandom } from './settle-at-random.ts';
import { startTee } from './tee.ts';
import { toComparisons } from './to-comparisons.ts';

const REQUESTS = 60;
const SEED = 1;

const classPath = await javaClassPath(JARS.dynamodbLocal);
const source = join(import.meta.dirname, 'LoopbackDynamoDb.java');
await using peer = await startServer((port) => START.dynamodbLocal({ classPath, port, source }), { needs: JAVA_NEEDS });
await using embedded = await embeddedStack();
const { stack } = embedded;
await using tee = await startTee({ ours: stack.awsEndpointUrl, theirs: peer.endpoint });

await createTable();
const comparisons = [...(await compareCalls()), ...(await compareSettlement())];
report(`DynamoDB Local ${JARS.dynamodbLocal.split(':').at(-1)} and the embedded DynamoDB`, comparisons, KNOWN_DIFFERENCES);

/** In both, as the stack made its own from the template. */
async function createTable(): Promise<void> {
  const { Table } = await dynamoCall(stack.awsEndpointUrl, 'DescribeTable', { TableName: stack.tables.inferences });
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes = [] } = Table as Record<string, Record<string, unknown>[]>;
  const indexes = (GlobalSecondaryIndexes as Record<string, unknown>[]).map(({ IndexName, KeySchema: keys, Projection }) => ({
    IndexName,
    KeySchema: keys,
    Projection,
  }));
  const input = {
    TableName: 'peer-inferences',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions,
    KeySchema,
    GlobalSecondaryIndexes: indexes,
  };
  for (const endpoint of [stack.awsEndpointUrl, peer.endpoint]) await dynamoCall(endpoint, 'CreateTable', input);
  for (;;) {
    const tables = await Promise.all([stack.awsEndpointUrl, peer.endpoint].map((endpoint) => dynamoCall(endpoint, 'DescribeTable', input)));
    if (tables.every((each) => (each.Table as { TableStatus?: string } | undefined)?.TableStatus === 'ACTIVE')) return;
  }
}

async function compareCalls(): Promise<Comparison[]> {
  for (const { operation, input } of CALLS) await dynamoCall(tee.endpoint, operation, input);
  return tee.calls.splice(0).flatMap((call, index) => toComparisons(CALLS[index]?.name ?? '', call));
}

async function compareSettlement(): Promise<Comparison[]> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: tee.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  await settleAtRandom({ requests: REQUESTS, random: makeRandom(SEED) });
  await dynamoCall(tee.endpoint, 'Scan', { TableName: 'peer-inferences' });
  return tee.calls
    .splice(0)
    .flatMap((call, index) =>
      toComparisons(`settlement, call ${index + 1}: ${call.operation} ${JSON.stringify(call.input.Key ?? '')}`, call),
    );
}
