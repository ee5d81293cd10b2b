import { embeddedStack } from '../kit/embedded-stack.ts';
import { JAVA_NEEDS, javaClassPath } from '../kit/java-class-path.ts';
import { byPart, type Comparison, report } from '../kit/report.ts';
import { startServer } from '../kit/start-server.ts';
import { JARS, START } from '../versions.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { createQueues } from './queues.ts';
import { SCENARIOS } from './scenarios.ts';

const classPath = await javaClassPath(JARS.elasticMq);
await using peer = await startServer((port) => START.elasticMq({ classPath, port }), { needs: JAVA_NEEDS });
await using embedded = await embeddedStack();
const { stack } = embedded;

const [ours, theirs] = [createQueues(stack.awsEndpointUrl), createQueues(peer.endpoint)];
// The first calls of a Java server are slow, and some scenarios are about time.
for (const { create, send, receive } of [ours, theirs]) {
  const url = await create('first');
  await send(url, 'x');
  await receive(url);
}
const comparisons = await Promise.all(
  Object.entries(SCENARIOS).map(async ([name, run]): Promise<Comparison[]> => {
    const [one, other] = await Promise.all([run(ours), run(theirs)]);
    return byPart({ name, ours: one, theirs: other });
  }),
);
for (const { client } of [ours, theirs]) client.destroy();
report(`ElasticMQ ${JARS.elasticMq.split(':').at(-1)} and the embedded SQS`, comparisons.flat(), KNOWN_DIFFERENCES);
