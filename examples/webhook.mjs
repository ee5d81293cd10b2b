// A rule that turns events into a webhook: every request that ended is posted to a URL, at least once.
//
//   node examples/webhook.mjs https://example.com/hook [--types InferenceFailed,InferenceExpired] [--stack FILE]
//
// It makes a rule on the bus with a queue as its target, and a queue for what the URL does not take in ten tries, then forwards
// until Ctrl-C; while it is away, events wait in the queue. It talks to the embedded stack whose stack.json is in .signalbox (or
// FILE). To talk to an installation on AWS, set SIGNALBOX_EVENT_BUS (signalbox-prod); region and credentials are found as by any
// AWS client. There an EventBridge API destination as the rule's target does the same with no process of your own; the embedded
// bus delivers to queues and functions.
//
// Set WEBHOOK_SECRET, and each post is signed: signalbox-signature is the hex HMAC-SHA256 of the body. Events carry no content of
// prompts or answers. The receiver leaves out what it has seen before, by signalbox-event-id.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

const NAME = 'signalbox-webhook';
const ALL_TYPES = 'InferenceCompleted,InferenceFailed,InferenceRejected,InferenceExpired';
const MOST_TRIES = 10;
const POST_WITHIN_MS = 10_000;

const { values, positionals } = parseArgs({
  options: { stack: { type: 'string', default: '.signalbox/stack.json' }, types: { type: 'string', default: ALL_TYPES } },
  allowPositionals: true,
});
const [url] = positionals;
if (!url || !URL.canParse(url)) throw new Error('name the URL to post to, such as http://127.0.0.1:8080/hook');
const { eventBusName, aws } = findPlace(values.stack);
const [sqs, events] = [new SQSClient(aws), new EventBridgeClient(aws)];

const queueUrl = await subscribe(values.types.split(','));
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ending.abort());
console.log(`posting ${values.types} of ${eventBusName} to ${url}`);
await forward();

/** Everything here may be done again: it finds what it made before. */
async function subscribe(detailTypes) {
  const failed = await createQueue(`${NAME}-failed`);
  const queue = await createQueue(NAME);
  const rule = { Name: NAME, EventBusName: eventBusName };
  const EventPattern = JSON.stringify({ source: ['signalbox.inference'], 'detail-type': detailTypes });
  const { RuleArn } = await events.send(new PutRuleCommand({ ...rule, EventPattern }));
  const mayDeliver = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queue.arn,
    Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
  };
  const Attributes = {
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: [mayDeliver] }),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: failed.arn, maxReceiveCount: MOST_TRIES }),
    VisibilityTimeout: '60',
  };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }));
  const { FailedEntries = [] } = await events.send(
    new PutTargetsCommand({ Rule: NAME, EventBusName: eventBusName, Targets: [{ Id: 'queue', Arn: queue.arn }] }),
  );
  if (FailedEntries.length > 0) throw new Error(`the rule does not take its target: ${FailedEntries[0].ErrorMessage}`);
  return queue.url;
}

async function createQueue(QueueName) {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return { url: QueueUrl, arn: Attributes.QueueArn };
}

async function forward() {
  while (!ending.signal.aborted) {
    const receive = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      WaitTimeSeconds: 20,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    const { Messages = [] } = await sqs.send(receive, { abortSignal: ending.signal }).catch((error) => {
      if (ending.signal.aborted) return {};
      throw error;
    });
    await Promise.all(Messages.map(deliver));
  }
}

/** What the URL took is deleted; the rest comes back, later each time. */
async function deliver({ Body, ReceiptHandle, Attributes }) {
  const { 'detail-type': type, detail } = JSON.parse(Body);
  const problem = await post(type, detail);
  const message = { QueueUrl: queueUrl, ReceiptHandle };
  if (problem === undefined) {
    await sqs.send(new DeleteMessageCommand(message));
    console.log(`posted ${type} ${detail.data.id}`);
    return;
  }
  const tries = Number(Attributes.ApproximateReceiveCount);
  const VisibilityTimeout = Math.min(900, 2 ** (tries - 1));
  await sqs.send(new ChangeMessageVisibilityCommand({ ...message, VisibilityTimeout }));
  console.error(`${type} ${detail.data.id} was not taken (${problem}), try ${tries} of ${MOST_TRIES}`);
}

/** Undefined when the URL answered 2xx, else why not. */
async function post(type, detail) {
  const body = JSON.stringify({ type, ...detail });
  const { WEBHOOK_SECRET: secret } = process.env;
  const headers = {
    'content-type': 'application/json',
    'signalbox-event-id': detail.metadata.id,
    ...(secret ? { 'signalbox-signature': createHmac('sha256', secret).update(body).digest('hex') } : {}),
  };
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(POST_WITHIN_MS) });
    await response.body?.cancel();
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    return error.cause?.code ?? error.message;
  }
}

function findPlace(stackFile) {
  const { SIGNALBOX_EVENT_BUS: eventBusName } = process.env;
  if (eventBusName) return { eventBusName, aws: {} };
  const stack = JSON.parse(readFileSync(stackFile, 'utf8'));
  const aws = { region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl };
  return { eventBusName: stack.eventBusName, aws };
}
