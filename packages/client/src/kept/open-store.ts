import { clientConfigOf, type Place } from '../installation/place.ts';
import { readParameter } from '../installation/read-parameter.ts';
import type { KeptStore } from './kept-message.ts';

export type StoreName = 'rejected' | 'deadletters';
export type OpenedStore = { store: KeptStore; close: () => void };

/** The rejected queue, or the dead letters, of an installation. */
export async function openStore(name: StoreName, place: Place, warn: (text: string) => void): Promise<OpenedStore> {
  return name === 'rejected' ? openRejected(place, warn) : openDeadLetters(place);
}

async function openRejected(place: Place, warn: (text: string) => void): Promise<OpenedStore> {
  const [{ SQSClient }, { createRejectedQueue }] = await Promise.all([import('@aws-sdk/client-sqs'), import('./rejected-queue.ts')]);
  const queueUrl = place.kind === 'embedded' ? place.stack.queues.rejected : await readParameter(place, 'rejected-queue', 'inference');
  const client = new SQSClient(clientConfigOf(place));
  return { store: createRejectedQueue({ client, queueUrl, warn }), close: () => client.destroy() };
}

async function openDeadLetters(place: Place): Promise<OpenedStore> {
  const [{ S3Client }, { createDeadLetterStore }] = await Promise.all([import('@aws-sdk/client-s3'), import('./dead-letter-store.ts')]);
  const bucket = place.kind === 'embedded' ? place.stack.buckets.data : await readParameter(place, 'data-bucket', 'the platform');
  if (bucket === undefined) throw new Error('The stack file names no data bucket. Restart the stack with: npm start');
  const client = new S3Client({ ...clientConfigOf(place), forcePathStyle: place.kind === 'embedded' });
  return { store: createDeadLetterStore({ client, bucket }), close: () => client.destroy() };
}
