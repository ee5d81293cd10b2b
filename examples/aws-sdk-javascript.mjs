// One request with nothing but the AWS SDK for JavaScript: sent to a queue, its result read by id and from a reply queue.
//
//   node examples/aws-sdk-javascript.mjs "What is the capital of Japan?" [--stack FILE]
//
// It talks to the embedded stack whose stack.json is in .signalbox (or FILE). To talk to an installation on AWS, set
// SIGNALBOX_QUEUE_URL, SIGNALBOX_GATEWAY_URL and SIGNALBOX_API_KEY; region and credentials are found as by any AWS client.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const WITHIN_MS = 60_000;

const { values, positionals } = parseArgs({
  options: { stack: { type: 'string', default: '.signalbox/stack.json' } },
  allowPositionals: true,
});
const { queueUrl, gatewayUrl, apiKey, aws } = findPlace(values.stack);
const sqs = new SQSClient(aws);

// The queue is there already on AWS; CreateQueue then gives its URL. The policy calls it `reports`.
const { QueueUrl: replyQueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'signalbox-reply-reports' }));

// The id is the producer's own: sent twice, it is answered once.
const id = `example-${randomUUID()}`;
const request = {
  schemaVersion: '1.0',
  id,
  messages: [{ role: 'user', content: [{ text: positionals[0] ?? 'What is the capital of France?' }] }],
  reply: { queue: 'reports' },
};
await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(request) }));

const result = await waitById();
if (result.status !== 'succeeded') throw new Error(`${id} ${result.status}: ${result.error?.message ?? result.reason}`);
const output = result.output ?? (await (await fetch(result.outputUrl)).json());
console.log(output.message.content.map(({ text }) => text ?? '').join(''));
console.log(`by id: ${result.status}, served by ${result.servedBy.model} in ${result.servedBy.region}`);

const reply = await waitForReply();
console.log(`by reply queue: ${reply.status}, ${reply.usage.outputTokens} tokens`);

/** Asks until the record has ended: 404 is "not yet", anything else that is not a result is an error. */
async function waitById() {
  for (const endsAt = Date.now() + WITHIN_MS; Date.now() < endsAt; await sleep(200)) {
    const response = await fetch(`${gatewayUrl}/v1/inferences/${id}`, { headers: { authorization: `Bearer ${apiKey}` } });
    if (response.status === 404) continue;
    if (!response.ok) throw new Error(`the gateway answered ${response.status}: ${await response.text()}`);
    const known = await response.json();
    if (['succeeded', 'failed', 'expired', 'rejected'].includes(known.status)) return known;
  }
  throw new Error(`no result of ${id} within ${WITHIN_MS / 1000} s; it waits on, and its result stays readable by that id`);
}

/** Takes its own result off the queue; what belongs to others is left, and becomes visible again. */
async function waitForReply() {
  for (const endsAt = Date.now() + WITHIN_MS; Date.now() < endsAt; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: replyQueueUrl, WaitTimeSeconds: 10, MaxNumberOfMessages: 10 }),
    );
    for (const { Body, ReceiptHandle } of Messages) {
      const known = JSON.parse(Body);
      if (known.id !== id) continue;
      await sqs.send(new DeleteMessageCommand({ QueueUrl: replyQueueUrl, ReceiptHandle }));
      return known;
    }
  }
  throw new Error(`nothing of ${id} on ${replyQueueUrl} within ${WITHIN_MS / 1000} s`);
}

function findPlace(stackFile) {
  const { SIGNALBOX_QUEUE_URL: queueUrl, SIGNALBOX_GATEWAY_URL: gatewayUrl, SIGNALBOX_API_KEY: apiKey } = process.env;
  if (queueUrl && gatewayUrl && apiKey) return { queueUrl, gatewayUrl, apiKey, aws: {} };
  const stack = JSON.parse(readFileSync(stackFile, 'utf8'));
  const aws = { region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl };
  return { queueUrl: stack.queues.standard, gatewayUrl: stack.gatewayUrl, apiKey: stack.apiKey, aws };
}
