import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createReuseTrackingAgents, isStaleSocketError } from './reuse-tracking-agents.ts';

export type FreshConnectionOptions = { connectTimeoutMs: number; maxSocketsPerHost: number };

/**
 * HTTP/1.1 over kept-alive connections, where a request that met a stale one is repeated at once, once, on a connection
 * of its own. That is no attempt: the SDK sees one call. Every other failure passes through.
 */
export class FreshConnectionHandler extends NodeHttpHandler {
  readonly #fresh: NodeHttpHandler;

  constructor({ connectTimeoutMs, maxSocketsPerHost }: FreshConnectionOptions) {
    const agents = createReuseTrackingAgents({ keepAlive: true, maxSockets: maxSocketsPerHost });
    super({ connectionTimeout: connectTimeoutMs, ...agents });
    this.#fresh = new NodeHttpHandler({
      connectionTimeout: connectTimeoutMs,
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
    });
  }

  override async handle(...request: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    try {
      return await super.handle(...request);
    } catch (error) {
      if (!isStaleSocketError(error)) throw error;
      return this.#fresh.handle(...request);
    }
  }

  override destroy(): void {
    super.destroy();
    this.#fresh.destroy();
  }
}
