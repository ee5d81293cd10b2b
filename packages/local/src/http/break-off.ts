import type { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';

/**
 * Ends an answer so that its client knows it is not whole: `reset` as a connection that breaks, else as one that closes. HTTP/2 has one
 * connection for many calls, so there it is the call's stream that breaks.
 */
export function breakOff(response: ServerResponse, reset = false): void {
  const { stream } = response as unknown as Partial<Http2ServerResponse>;
  if (stream) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else if (reset) response.socket?.resetAndDestroy();
  else response.destroy();
}
