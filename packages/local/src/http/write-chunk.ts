import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Whether the client hung up. The HTTP/2 response knows it only by its stream. */
export function isClosed(response: ServerResponse & { stream?: { destroyed: boolean } }): boolean {
  return response.destroyed || response.stream?.destroyed === true;
}

/** Resolves when the connection takes more, or is closed. */
export async function writeChunk(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0 || isClosed(response) || response.write(bytes)) return;
  const closed = new AbortController();
  const onClose = () => closed.abort();
  response.once('close', onClose);
  await once(response, 'drain', { signal: closed.signal }).catch((error: unknown) => {
    if (!closed.signal.aborted) throw error;
  });
  response.off('close', onClose);
}
