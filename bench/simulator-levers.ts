import type { StackFile } from '@signalbox/contracts';

export type SeenCall = { at: number; modelId: string; status: number; fault?: string; synthetic?: true };

/** The embedded Bedrock: breaking a model, healing it, and what was called. */
export function simulatorLevers({ simulatorUrl }: StackFile) {
  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const reply = await fetch(`${simulatorUrl}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path} of the simulator: ${reply.status} ${text}`);
    return JSON.parse(text);
  }
  return {
    break: (modelId: string, fault: object) => call('PUT', `/faults/${encodeURIComponent(modelId)}`, fault),
    heal: (modelId: string) => call('DELETE', `/faults/${encodeURIComponent(modelId)}`),
    /** Calls of one model since they were last forgotten, the platform's own probes among them. */
    async calls(modelId: string): Promise<SeenCall[]> {
      const { attempts } = (await call('GET', '/attempts?synthetic=true')) as { attempts: SeenCall[] };
      return attempts.filter((attempt) => attempt.modelId === modelId);
    },
    forget: () => call('DELETE', '/attempts'),
  };
}
