import { QUEUE_NAMES, type QueueName } from '../doctor/doctor-ports.ts';
import { clientConfigOf, type Place } from '../installation/place.ts';

export type QueueDepth = {
  queue: QueueName;
  /** Messages that can be received now. */
  waiting: number;
  /** Messages that a worker has. */
  inFlight: number;
  /** Messages that are parked: delayed until their targets may be well again. */
  parked: number;
};

const COUNTS = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;

/** Counts what is on each queue of an installation; SQS's figures are approximate. */
export async function connectQueues(place: Place): Promise<{ read: () => Promise<QueueDepth[]>; close: () => void }> {
  const { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const client = new SQSClient(clientConfigOf(place));
  const urls = new Map<QueueName, Promise<string | undefined>>();

  function urlOf(queue: QueueName): Promise<string | undefined> {
    if (place.kind === 'embedded') return Promise.resolve(place.stack.queues[queue === 'dead-letter' ? 'deadLetter' : queue]);
    const found =
      urls.get(queue) ??
      client.send(new GetQueueUrlCommand({ QueueName: `signalbox-${place.stage}-${queue}` })).then(({ QueueUrl }) => QueueUrl);
    urls.set(queue, found);
    // One that failed is asked for again.
    found.catch(() => urls.delete(queue));
    return found;
  }

  async function readOne(queue: QueueName): Promise<QueueDepth> {
    const command = new GetQueueAttributesCommand({ QueueUrl: await urlOf(queue), AttributeNames: [...COUNTS] });
    const { Attributes = {} } = await client.send(command);
    const [waiting = 0, inFlight = 0, parked = 0] = COUNTS.map((name) => Number(Attributes[name] ?? 0));
    return { queue, waiting, inFlight, parked };
  }

  return { read: () => Promise.all(QUEUE_NAMES.map(readOne)), close: () => client.destroy() };
}
