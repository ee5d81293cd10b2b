import { InferenceList } from '@signalbox/contracts';
import { GatewayError } from '../producer-error.ts';
import type { ProducerPorts } from '../producer-ports.ts';
import { callGateway, parseJson, refusalOf } from './call-gateway.ts';

const LIST_TIMEOUT_MS = 15_000;

type MaybeGateway = { gatewayUrl: string | undefined; apiKey: string | undefined };

/** The ids of a batch, by `GET /v1/inferences?batch=…`, page by page. */
export function createListBatch({ gatewayUrl, apiKey }: MaybeGateway): ProducerPorts['listBatch'] {
  return async (batchId, signal) => {
    if (gatewayUrl === undefined || apiKey === undefined)
      throw new GatewayError({ message: 'Batches are read from the gateway: give the producer "gatewayUrl" and "apiKey".', status: 401 });
    const ids: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const query = new URLSearchParams({ batch: batchId, ...(cursor !== '' && { cursor }) });
      const reply = await callGateway({ gatewayUrl, apiKey }, { path: `/v1/inferences?${query}`, timeoutMs: LIST_TIMEOUT_MS, signal });
      if (reply.status !== 200) throw refusalOf(gatewayUrl, reply);
      const page = InferenceList.safeParse(parseJson(reply.text));
      if (!page.success)
        throw new GatewayError({ message: `${gatewayUrl} answered with what is no list; is it the gateway's URL?`, status: reply.status });
      ids.push(...page.data.inferences.map(({ id }) => id));
      cursor = page.data.nextCursor;
    }
    if (ids.length === 0) throw new GatewayError({ message: `Nothing is known of a batch ${batchId}. Check its id.`, status: 404 });
    return ids;
  };
}
