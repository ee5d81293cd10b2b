import type { ObservedAttempts } from '@signalbox/contracts';
import { attemptsObserved, inferenceCompleted, inferenceDeferred, inferenceExpired, inferenceFailed } from '@signalbox/contracts/samples';
import type { BusEvent } from '../events/read-bus-event.ts';

const SAMPLES = {
  InferenceCompleted: inferenceCompleted,
  InferenceFailed: inferenceFailed,
  InferenceExpired: inferenceExpired,
  InferenceDeferred: inferenceDeferred,
};

let made = 0;

/** An event of the tests as the bus gives it, at that time. */
export function testEvent(type: string, data: object, at: number): BusEvent {
  made += 1;
  const metadata = { id: `event-${made}`, version: '1.0', occurredAt: new Date(at).toISOString(), correlationId: 'c' };
  return { type, metadata, data: JSON.parse(JSON.stringify(data)), whole: {} };
}

/** The end, or the wait, of a request. */
export function testEnding(type: keyof typeof SAMPLES, at: number, own: object = {}): BusEvent {
  return testEvent(type, { ...SAMPLES[type].data, ...own }, at);
}

/** Calls that a sandbox saw. */
export function testAttempts(at: number, own: Partial<ObservedAttempts> = {}): BusEvent {
  const [sample] = attemptsObserved.data.observations;
  const observation = { ...sample, target: 'nova-lite', outcome: 'succeeded', slow: false, count: 1, latenciesMs: [], ...own };
  return testEvent('AttemptsObserved', { ...attemptsObserved.data, observations: [observation] }, at);
}

/** The body by which a queue gives an event. */
export function bodyOf({ type, metadata, data }: BusEvent): string {
  return JSON.stringify({ source: 'signalbox.test', 'detail-type': type, detail: { metadata, data } });
}
