import { InferenceResult } from '@signalbox/contracts';
import { GatewayError } from '../producer-error.ts';
import type { ProducerPorts } from '../producer-ports.ts';
import { callGateway, messageIn, parseJson, refusalOf } from './call-gateway.ts';

/** A gateway that says nothing for so long counts as one that was not reached. */
const READ_TIMEOUT_MS = 15_000;

type MaybeGateway = { gatewayUrl: string | undefined; apiKey: string | undefined };

/** `GET /v1/inferences/{id}`. */
export function createReadResult({ gatewayUrl, apiKey }: MaybeGateway): ProducerPorts['readResult'] {
  return async (id, signal) => {
    if (gatewayUrl === undefined || apiKey === undefined)
      throw new GatewayError({ message: 'Results are read from the gateway: give the producer "gatewayUrl" and "apiKey".', status: 401 });
    const path = `/v1/inferences/${encodeURIComponent(id)}`;
    const reply = await callGateway({ gatewayUrl, apiKey }, { path, timeoutMs: READ_TIMEOUT_MS, signal });
    // The gateway's own 404 has an error object; another server's has not, and waiting for it would wait for ever.
    if (reply.status === 404 && messageIn(reply.text) !== undefined) return undefined;
    if (reply.status !== 200) throw refusalOf(gatewayUrl, reply);
    const parsed = InferenceResult.safeParse(parseJson(reply.text));
    if (!parsed.success)
      throw new GatewayError({ message: `${gatewayUrl} answered with what is no result; is it the gateway's URL?`, status: 200 });
    return parsed.data;
  };
}
