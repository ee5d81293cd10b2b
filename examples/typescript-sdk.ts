// Many requests with the producer SDK: typed, retried, content above 256 KiB by way of S3, and their results.
//
//   npx node examples/typescript-sdk.ts Japan Italy Kenya
//
// (`npx node` is the Node.js 24 that the project brings; Node.js 20 does not read TypeScript.) It talks to the embedded stack whose
// stack.json is in .signalbox, or where SIGNALBOX_STACK says. To talk to an installation on AWS, set SIGNALBOX_QUEUE_URL,
// SIGNALBOX_GATEWAY_URL and SIGNALBOX_API_KEY; region and credentials are found as by any AWS client.
import { createProducer, type ProducerConnection, type ProducerRequest } from '@signalbox/client';

const countries = process.argv.slice(2);
const producer = createProducer(findPlace());

let isComplete = true;
for await (const { index, id, outcome } of producer.enqueueBatch(questions())) {
  if (id === undefined || outcome.kind !== 'sent') {
    // Nothing of it is under way: the request is at fault, or the queue did not take it after retries.
    console.error(`request ${index} was not sent:`, outcome);
    isComplete = false;
    continue;
  }
  const result = await producer.waitFor(id, { timeoutMs: 60_000 });
  const { status, error, servedBy } = result;
  if (status !== 'succeeded') isComplete = false;
  console.log(status === 'succeeded' ? `${await textOf(result)} (${servedBy?.model})` : `${id} ${status}: ${error?.message}`);
}
producer.close();
process.exitCode = isComplete ? 0 : 1;

/** The same question again has the same id, and is answered once: the SDK makes the id of what is asked. */
function* questions(): Generator<ProducerRequest> {
  for (const country of countries.length > 0 ? countries : ['France'])
    yield { labels: { campaign: 'capitals' }, messages: [{ role: 'user', content: [{ text: `What is the capital of ${country}?` }] }] };
}

/** An answer of over 1 MB is a link. */
async function textOf({ output, outputUrl }: { output?: unknown; outputUrl?: string | undefined }): Promise<string> {
  const content = outputUrl === undefined ? output : await (await fetch(outputUrl)).json();
  const { message } = content as { message: { content: { text?: string }[] } };
  return message.content.map(({ text }) => text ?? '').join('');
}

function findPlace(): ProducerConnection {
  const { SIGNALBOX_QUEUE_URL: standard, SIGNALBOX_GATEWAY_URL: gatewayUrl, SIGNALBOX_API_KEY: apiKey, SIGNALBOX_STACK } = process.env;
  if (standard && gatewayUrl && apiKey) return { queues: { standard }, gatewayUrl, apiKey };
  return { stack: SIGNALBOX_STACK ?? '.signalbox/stack.json' };
}
