import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { EventStreamCodec } from '@smithy/eventstream-codec';

/** A provider on a real socket, for tests: it answers what the test says, and counts what it sees. */
export type Provider = {
  url: string;
  /** Every request so far. */
  requests: { url: string; body: unknown; headers: IncomingMessage['headers'] }[];
  /** Connections accepted so far. */
  connections: () => number;
  /** Sets how the next requests are answered. */
  answer: (reply: Reply) => void;
  /** Closes the open connections from the provider's side, without ending any reply properly. */
  resetConnections: () => void;
  stop: () => Promise<void>;
};

export type Reply = (response: ServerResponse, request: { body: unknown; socket: Socket; count: number }) => void;

export async function startProvider(): Promise<Provider> {
  let reply: Reply = (response) => response.writeHead(500).end();
  const requests: Provider['requests'] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void readBody(request).then((body) => {
      requests.push({ url: request.url ?? '', body, headers: request.headers });
      reply(response, { body, socket: request.socket, count: requests.length });
    });
  });
  server.on('connection', (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A test cuts connections on purpose; the caller's side is what it looks at.
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => accepted,
    answer: (next) => {
      reply = next;
    },
    resetConnections: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** Answers with a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers with an error as Bedrock does: the name in a header, the rest in the body. */
export function awsError(status: number, name: string, body: object = {}, headers: Record<string, string> = {}): Reply {
  return json(status, { message: 'provider text that quotes the prompt', ...body }, { 'x-amzn-errortype': name, ...headers });
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

/** One frame of an event stream. */
export function frame(eventType: string, body: unknown, messageType: 'event' | 'exception' = 'event'): Uint8Array {
  const typeHeader = messageType === 'event' ? ':event-type' : ':exception-type';
  return codec.encode({
    headers: {
      ':message-type': { type: 'string', value: messageType },
      [typeHeader]: { type: 'string', value: eventType },
      ':content-type': { type: 'string', value: 'application/json' },
    },
    body: Buffer.from(JSON.stringify(body), 'utf8'),
  });
}

/** A frame of the kind that carries an error without a model of its own. */
export function errorFrame(code: string): Uint8Array {
  return codec.encode({
    headers: {
      ':message-type': { type: 'string', value: 'error' },
      ':error-code': { type: 'string', value: code },
      ':error-message': { type: 'string', value: 'provider text that quotes the prompt' },
    },
    body: new Uint8Array(),
  });
}

/** The head of a streamed answer. */
export function openStream(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  response.flushHeaders();
  return response;
}

/** A whole stream at once. */
export function stream(...frames: Uint8Array[]): Reply {
  return (response) => openStream(response).end(Buffer.concat(frames));
}

/** A part of a SageMaker stream: bytes of whatever the container sends, cut anywhere. */
export function payloadPart(bytes: Uint8Array): Uint8Array {
  return codec.encode({
    headers: {
      ':message-type': { type: 'string', value: 'event' },
      ':event-type': { type: 'string', value: 'PayloadPart' },
      ':content-type': { type: 'string', value: 'application/octet-stream' },
    },
    body: bytes,
  });
}

/** The head of a server-sent stream. */
export function openEvents(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  return response;
}

/** One event of a server-sent stream. */
export function sse(chunk: unknown): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
