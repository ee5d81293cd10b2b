import { randomBytes } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { cleanOrNote } from '../events/clean-or-note.ts';
import { connectTail } from '../events/connect-tail.ts';
import { openBusTail } from '../events/tail-bus.ts';
import { tailPattern } from '../events/tail-pattern.ts';
import { connectTo } from '../installation/connect-to.ts';
import type { Place } from '../installation/place.ts';
import { connectOverlay } from '../installation/read-overlay.ts';
import type { Output } from '../output/output.ts';
import { readHealth, readTableOf } from '../targets/read-targets.ts';
import { TOP_EVENT_TYPES } from './event-types.ts';
import { connectQueues } from './queue-depths.ts';
import type { TopPorts } from './run-top.ts';

/** What `top` needs of an installation; to be closed. */
export async function connectTop(place: Place, output: Pick<Output, 'note'>): Promise<TopPorts & { close: () => void }> {
  const installation = await connectTo(place);
  const [tail, queues, overlay] = await Promise.all([connectTail(place), connectQueues(place), connectOverlay(place)]);
  const { sqs, events, busName } = tail;
  const pattern = tailPattern({ types: TOP_EVENT_TYPES, id: undefined });
  // Now, because a word about it would disturb a picture.
  await cleanOrNote({ sqs, events, busName, output });
  return {
    installation: `${installation.name}${place.kind === 'embedded' ? ` at ${place.stack.awsEndpointUrl}` : ''}`,
    readTable: () => readTableOf(installation),
    readHealth: () => readHealth(overlay.read),
    readQueues: queues.read,
    openTail: () => openBusTail({ sqs, events, busName, pattern, random: randomBytes(6).toString('hex'), now: Date.now }),
    now: Date.now,
    sleep,
    close: () => {
      tail.close();
      queues.close();
      overlay.close();
    },
  };
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleepFor(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
