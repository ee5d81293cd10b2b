import type { StackFile } from '@signalbox/contracts';

export type ModelFault = {
  kind: 'error' | 'throttle' | 'latency' | 'hang' | 'cut-stream' | 'stall-stream' | 'malformed';
  rate?: number;
  status?: number;
  retryAfterSeconds?: number;
  latencyMs?: number;
  afterTokens?: number;
  forSeconds?: number;
  times?: number;
};
export type AwsFault = {
  service: string;
  operation?: string;
  contains?: string;
  kind: 'error' | 'throttle' | 'hang' | 'kill-caller-before' | 'kill-caller-after';
  times?: number;
  forSeconds?: number;
  skip?: number;
  anyCaller?: boolean;
};
export type ModelAttempt = {
  at: number;
  modelId: string;
  region: string;
  status: number;
  streaming: boolean;
  durationMs: number;
  fault?: string;
  synthetic?: true;
};

/** The embedded Bedrock's and AWS's levers. */
export function createSimulator({ simulatorUrl }: StackFile) {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await fetch(`${simulatorUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  return {
    break: (modelId: string, fault: ModelFault) => call('PUT', `/faults/${encodeURIComponent(modelId)}`, fault),
    heal: () => call('DELETE', '/faults'),
    /** Every model call of a customer's request; with `synthetic` our own probes too. */
    attempts: async ({ synthetic = false } = {}) =>
      (await call<{ attempts: ModelAttempt[] }>('GET', `/attempts?synthetic=${synthetic}`)).attempts,
    breakAws: (fault: AwsFault) => call('PUT', '/aws-faults', fault),
    healAws: () => call('DELETE', '/aws-faults'),
    awsCalls: () => call<{ bySandboxes: Record<string, Record<string, number> | undefined> }>('GET', '/aws-calls'),
    forgetAwsCalls: () => call<unknown>('DELETE', '/aws-calls'),
    awsFaults: () => call<unknown>('GET', '/aws-faults'),
  };
}
