import type { Priority } from '@signalbox/contracts';
import type { HttpReply } from '@signalbox/runtime';
import type { Caller } from './authenticate.ts';
import { prepareRequest } from './prepare-request.ts';
import { type RecordPorts, recordRequest, statusOf, toAccepted } from './record-request.ts';

export type OutgoingMessage = { priority: Priority; body: string; tenant: string };

type Ports = RecordPorts & {
  /** Rejects with UnavailableError when the queue did not take it. */
  send: (message: OutgoingMessage) => Promise<void>;
  bucket: string;
  newId: () => string;
  now: () => number;
};

/**
 * Accepts one request: record, then message, then answer. Killed after the record, a retry of the same id sends, or the sweeper ends it at its
 * deadline; killed after the message, a retry finds it. Nobody has the id as accepted before its message is on the queue.
 */
export function createAcceptInference(ports: Ports) {
  return async function acceptInference({
    caller,
    ...input
  }: {
    caller: Caller;
    body: unknown;
    idempotencyKey?: string | undefined;
  }): Promise<HttpReply> {
    const prepared = prepareRequest({ ...caller, ...input, newId: ports.newId, bucket: ports.bucket, now: ports.now() });
    const recorded = await recordRequest(ports, prepared);
    const { priority, tenant, id } = prepared.record;
    if (recorded.mustSend) await ports.send({ priority, tenant, body: prepared.message });
    // Relative to the request's own address, which on AWS begins with the stage.
    return { status: statusOf(recorded), body: toAccepted(recorded), headers: { location: `inferences/${encodeURIComponent(id)}` } };
  };
}
