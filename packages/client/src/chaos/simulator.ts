/** What is wrong with a model. */
export type Fault = {
  kind: string;
  rate?: number;
  status?: number;
  retryAfterSeconds?: number;
  latencyMs?: number;
  afterTokens?: number;
  forSeconds?: number;
  times?: number;
};

/** The faults of the embedded stack's simulator; `fetcher` stands in for the network in tests. */
export function createSimulator(simulatorUrl: string, fetcher: typeof fetch = fetch) {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const reply = await fetcher(`${simulatorUrl}${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const answer = (await reply.json()) as { message?: string };
    if (!reply.ok) throw new Error(`The simulator refused: ${answer.message ?? reply.status}`);
    return answer;
  }
  const pathOf = (modelId: string) => `/faults/${encodeURIComponent(modelId)}`;
  return {
    put: (modelId: string, fault: Fault) => call('PUT', pathOf(modelId), fault),
    clear: async (modelId: string | undefined): Promise<number> => {
      const { cleared } = (await call('DELETE', modelId === undefined ? '/faults' : pathOf(modelId))) as { cleared: number };
      return cleared;
    },
  };
}
