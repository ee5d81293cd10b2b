import type { Exchange } from '../bedrock/exchange.ts';
import { blobFrame } from '../wire/event-frames.ts';

const VARIANT = { 'x-amzn-invoked-production-variant': 'AllTraffic' };

/** An exchange whose answers name the production variant that made them. */
export function ofVariant(exchange: Exchange): Exchange {
  return { ...exchange, head: (status, headers) => exchange.head(status, { ...headers, ...VARIANT }) };
}

/**
 * An exchange whose body goes out as `PayloadPart` events. As on SageMaker their borders say nothing: what is written at once may come in two of
 * them, a line or a character cut between.
 */
export function payloadParts(exchange: Exchange): Exchange {
  return {
    ...exchange,
    head(status, headers) {
      const { 'content-type': contentType = 'application/json' } = headers;
      const own = { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-sagemaker-content-type': contentType };
      exchange.head(status, { ...own, ...VARIANT });
    },
    async write(bytes) {
      const cut = Math.ceil(bytes.length * 0.6);
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)])
        if (piece.length > 0) await exchange.write(blobFrame('PayloadPart', piece));
    },
  };
}
