import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createNetServer, type Server, type Socket } from 'node:net';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export type Listener = { port: number; close(): Promise<void> };

const HOST = '127.0.0.1';
/** Of the HTTP/2 preface `PRI * HTTP/2.0`: three bytes are enough, no HTTP/1 method begins so. */
const PREFACE = Buffer.from('PRI');
/** Longer than any SDK keeps an idle socket, so that the client and not this side ends it: no resets on reused sockets. */
const KEEP_ALIVE_MS = 300_000;
const CLOSE_GRACE_MS = 1000;

/** Serves HTTP/1.1 and HTTP/2 without TLS on one loopback port: the one asked for, or a free one when it is 0 or busy. */
export async function startListener({ port, onRequest }: { port: number; onRequest: RequestHandler }): Promise<Listener> {
  const http = createHttpServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, onRequest);
  // The compatibility API has the same surface for what the stack uses.
  const http2 = createHttp2Server({}, (request, response) =>
    onRequest(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  const sockets = new Set<Socket>();
  const server = createNetServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    handOver(socket, (isHttp2) => (isHttp2 ? http2 : http).emit('connection', socket));
  });
  const actualPort = await listen(server, port);
  return { port: actualPort, close: () => close(server, sockets) };
}

/** Reads until the protocol is known, puts the bytes back, and gives the socket to the server that speaks it. */
function handOver(socket: Socket, deliver: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const onError = () => socket.destroy();
  const onData = (chunk: Buffer) => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    const matches = seen.subarray(0, length).equals(PREFACE.subarray(0, length));
    if (matches && length < PREFACE.length) return;
    socket.pause();
    socket.off('data', onData);
    socket.off('error', onError);
    socket.unshift(seen);
    deliver(matches);
    process.nextTick(() => socket.resume());
  };
  socket.on('error', onError);
  socket.on('data', onData);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || port === 0) return reject(error);
      server.listen({ port: 0, host: HOST });
    };
    server.on('error', onError);
    server.once('listening', () => {
      server.off('error', onError);
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('The listener has no TCP address.'));
      resolve(address.port);
    });
    server.listen({ port, host: HOST });
  });
}

/** Takes no more connections, gives running requests a moment, then ends what is left. */
function close(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    for (const socket of sockets) socket.destroySoon();
  });
}
