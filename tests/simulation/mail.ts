import type { AttemptsObserved, OutgoingEvent } from '@signalbox/contracts';
import { type ObservedMessage, readObserved } from '@signalbox/controller/service';

/** What the bus carries: EventBridge's envelope as text, or an event of our own as it was made. */
export type Mail = { body: string; event?: AttemptsObserved };

/** So many of our own events go as text, through the schema: the others would be read to the very same, for a quarter of a run's work. */
const TEXT_EVERY = 20;

/** Makes what the bus carries of each event. */
export function createMail(): (event: OutgoingEvent) => Mail {
  let made = 0;
  return ({ source, detailType, detail }) =>
    made++ % TEXT_EVERY === 0
      ? { body: JSON.stringify({ source, 'detail-type': detailType, detail }) }
      : { body: '', event: detail as AttemptsObserved };
}

/** The event of what the bus carried; throws for what is none. */
export function readMail(message: ObservedMessage & Mail): AttemptsObserved {
  return message.event ?? readObserved(message);
}
