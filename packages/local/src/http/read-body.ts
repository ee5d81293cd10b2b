import type { IncomingMessage } from 'node:http';

/** Above the 20 MB that a claim check may have, below what would hurt the process. */
export const MAX_BODY_BYTES = 24 * 1024 * 1024;

/** The whole body, or nothing when it is larger than `limitBytes`; then the rest is read and thrown away, so that the caller hears the refusal. */
export function readBody(request: IncomingMessage, limitBytes: number = MAX_BODY_BYTES): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) return void chunks.push(chunk);
      request.off('data', onData);
      request.resume();
      resolve(undefined);
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    // Reading a request fails only when its connection does.
    request.once('error', () => reject(new ClientGoneError()));
    request.once('close', () => {
      if (!request.complete) reject(new ClientGoneError());
    });
  });
}

/** The client hung up before its request was complete: nobody is left to answer. */
export class ClientGoneError extends Error {
  constructor() {
    super('The client closed the connection before its request was complete.');
    this.name = 'ClientGoneError';
  }
}
