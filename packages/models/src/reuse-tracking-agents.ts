import { type AgentOptions, type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * A server that closed an idle socket answers the next request on it with a reset within a round trip. A reset that
 * comes later than this met a request that was being worked on, and repeating that would pay for it twice.
 */
const STALE_SOCKET_MS = 1000;
const RESET_CODES: readonly unknown[] = ['ECONNRESET', 'EPIPE'];

const staleSocketErrors = new WeakSet<object>();

/** True for the error of a request that was reset on a reused idle socket, soon and before any byte of a response. */
export function isStaleSocketError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && staleSocketErrors.has(error);
}

/** Node calls `reuseSocket` for a request that it puts on an idle socket, and for no other: fresh sockets never get here. */
function watchReusedSocket(socket: Duplex, request: ClientRequest): void {
  const { bytesRead } = socket as Socket;
  const reusedAt = performance.now();
  request.once('error', (error: NodeJS.ErrnoException) => {
    const isUnanswered = (socket as Socket).bytesRead === bytesRead;
    const isSoon = performance.now() - reusedAt < STALE_SOCKET_MS;
    if (isUnanswered && isSoon && RESET_CODES.includes(error.code)) staleSocketErrors.add(error);
  });
}

class ReuseTrackingHttpAgent extends HttpAgent {
  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    watchReusedSocket(socket, request);
  }
}

class ReuseTrackingHttpsAgent extends HttpsAgent {
  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    watchReusedSocket(socket, request);
  }
}

/** Agents that keep connections alive and remember which errors came from a stale one. */
export function createReuseTrackingAgents(options: AgentOptions): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  return { httpAgent: new ReuseTrackingHttpAgent(options), httpsAgent: new ReuseTrackingHttpsAgent(options) };
}
