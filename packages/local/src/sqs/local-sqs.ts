import { parseJsonBody } from '../http/json-body.ts';
import { type AwsService, jsonReply, notImplemented } from '../service.ts';
import { onlyAskedAttributes } from './asked-attributes.ts';
import { checkHandle, refuseForeignHandles } from './check-handles.ts';
import { checkBatch, checkSendMessage, withRefused } from './check-parameters.ts';
import {
  isSqsRefusal,
  loadSqsAction,
  newSnsStore,
  newSqsStore,
  openPersistence,
  type Persistence,
  type SqsAction,
  type SqsStore,
} from './fauxqs.ts';
import { type QueueProperties, toQueueAttributes } from './queue-attributes.ts';
import { SqsCallError } from './sqs-call-error.ts';

export type QueueDepth = { visible: number; inFlight: number; delayed: number };

/** SQS in this process. */
export type LocalSqs = {
  service: AwsService;
  /** The same operations without the wire, for pollers and event targets. Throws `AwsError` where a client would see an error. */
  // biome-ignore lint/suspicious/noExplicitAny: the answer is what the operation's AWS documentation says.
  call(operation: string, parameters: object): Promise<any>;
  /** Creates the queue, or gives the one that is there these properties. */
  createQueue(name: string, properties?: QueueProperties): { url: string; arn: string };
  queueUrl(name: string): string;
  queueArn(name: string): string;
  /** Makes visible what an earlier run had received and not settled. */
  releaseInFlight(name: string): void;
  /** Messages by queue name. */
  depths(): Record<string, QueueDepth>;
  /** Ends every long poll now, empty. */
  cancelWaits(): void;
  close(): void;
};

const ACCOUNT_ID = '000000000000';
const OPERATIONS = [
  'CreateQueue',
  'DeleteQueue',
  'GetQueueUrl',
  'ListQueues',
  'GetQueueAttributes',
  'SetQueueAttributes',
  'PurgeQueue',
  'SendMessage',
  'SendMessageBatch',
  'ReceiveMessage',
  'DeleteMessage',
  'DeleteMessageBatch',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'TagQueue',
  'UntagQueue',
  'ListQueueTags',
] as const;

/** Starts SQS; with a directory its queues and messages outlive the process. Queue URLs carry the host of `endpointUrl`. */
export async function createLocalSqs({
  endpointUrl,
  region,
  directory,
}: {
  endpointUrl: string;
  region: string;
  directory?: string | undefined;
}): Promise<LocalSqs> {
  const store = await newSqsStore();
  // Without it fauxqs makes URLs on a host of its own that does not resolve.
  store.host = '';
  const persistence = directory === undefined ? undefined : await restore(store, directory);
  const actions = new Map<string, SqsAction>();
  for (const operation of OPERATIONS) actions.set(operation, await loadSqsAction(operation));
  const queueUrl = (name: string) => `${endpointUrl}/${ACCOUNT_ID}/${name}`;
  const queueArn = (name: string) => `arn:aws:sqs:${region}:${ACCOUNT_ID}:${name}`;
  const call = (operation: string, parameters: object) =>
    perform({ operation, parameters: { ...parameters }, actions, store, region, queueUrl });
  return {
    call,
    service: {
      name: 'sqs',
      handle: async ({ operation, headers, body }) => {
        if (!headers['content-type']?.startsWith('application/x-amz-json'))
          throw notImplemented('sqs', `${operation} in the query protocol`);
        return jsonReply(await call(operation, parseJsonBody(body)));
      },
    },
    createQueue: (name, properties = {}) => {
      const attributes = toQueueAttributes(properties);
      const existing = store.getQueueByName(name);
      if (existing) existing.setAttributes(attributes);
      else store.createQueue(name, `http://127.0.0.1/${ACCOUNT_ID}/${name}`, queueArn(name), attributes);
      return { url: queueUrl(name), arn: queueArn(name) };
    },
    queueUrl,
    queueArn,
    releaseInFlight: (name) => {
      const queue = store.getQueueByName(name);
      for (const receiptHandle of [...(queue?.inflightMessages.keys() ?? [])]) queue?.changeVisibility(receiptHandle, 0);
    },
    depths: () => depths(store),
    cancelWaits: () => store.shutdown(),
    close: () => {
      store.shutdown();
      persistence?.close();
    },
  };
}

/** State is loaded before persistence is set, so that loading does not write, as fauxqs itself does. */
async function restore(store: SqsStore, directory: string): Promise<Persistence> {
  const persistence = await openPersistence(directory);
  persistence.loadSqsAndSns(store, await newSnsStore());
  store.persistence = persistence;
  for (const queue of store.allQueues()) queue.persistence = persistence;
  return persistence;
}

type Performance = {
  operation: string;
  parameters: Record<string, unknown>;
  actions: Map<string, SqsAction>;
  store: SqsStore;
  region: string;
  queueUrl: (name: string) => string;
};

async function perform({ operation, parameters, actions, store, region, queueUrl }: Performance): Promise<unknown> {
  const action = actions.get(operation);
  if (!action) throw notImplemented('sqs', operation);
  // Expired holds and delays count as over only after this, and fauxqs does it only on a receive.
  if (operation === 'GetQueueAttributes') store.processAllTimers();
  const request = { headers: { host: '127.0.0.1', authorization: `Credential=local/20260101/${region}/sqs/aws4_request` } };
  const act = async (given: Record<string, unknown>) => (await action(given, store, request)) as object;
  try {
    if (operation === 'SendMessage') checkSendMessage(parameters);
    if (operation === 'DeleteMessage' || operation === 'ChangeMessageVisibility') checkHandle(parameters);
    if (operation === 'ReceiveMessage') return onlyAskedAttributes(await act(parameters), parameters);
    if (operation === 'DeleteMessageBatch') return refuseForeignHandles(await act(parameters), parameters.Entries);
    if (operation !== 'SendMessageBatch') return withOwnUrls(await act(parameters), queueUrl);
    const { parameters: accepted, refused } = checkBatch(parameters);
    if (refused.length > 0 && (accepted.Entries as unknown[]).length === 0) return withRefused({ Successful: [] }, refused);
    return withRefused(await act(accepted), refused);
  } catch (error) {
    throw isSqsRefusal(error) ? new SqsCallError({ code: error.code, message: error.message, status: error.statusCode }) : error;
  }
}

/** Stored URLs may carry the host of an earlier run; what leaves carries ours. */
function withOwnUrls(reply: unknown, queueUrl: (name: string) => string): unknown {
  const { QueueUrl: url, QueueUrls: urls } = (reply ?? {}) as { QueueUrl?: string; QueueUrls?: string[] };
  const own = (stored: string) => queueUrl(stored.slice(stored.lastIndexOf('/') + 1));
  if (url !== undefined) return { ...(reply as object), QueueUrl: own(url) };
  if (urls !== undefined) return { ...(reply as object), QueueUrls: urls.map(own) };
  return reply ?? {};
}

function depths(store: SqsStore): Record<string, QueueDepth> {
  store.processAllTimers();
  const count = (text: string | undefined) => Number(text ?? 0);
  const entries = [...store.allQueues()].map((queue): [string, QueueDepth] => [
    queue.name,
    {
      visible: count(queue.getAttribute('ApproximateNumberOfMessages')),
      inFlight: count(queue.getAttribute('ApproximateNumberOfMessagesNotVisible')),
      delayed: count(queue.getAttribute('ApproximateNumberOfMessagesDelayed')),
    },
  ]);
  return Object.fromEntries(entries);
}
