import type { InferenceResult } from '@signalbox/contracts';
import type { PreparedRequest } from '../prepare-request.ts';
import type { ProducerPorts, SendFailure } from '../producer-ports.ts';

export const BUSY: SendFailure = { reason: 'ServiceUnavailable: busy', isTransient: true };
export const FORBIDDEN: SendFailure = { reason: 'AccessDenied: no', isTransient: false };

/** A request that is fine, with a text of its own. */
export function testRequest(text = 'What is a signal box?', own: Record<string, unknown> = {}) {
  return { messages: [{ role: 'user' as const, content: [{ text }] }], ...own };
}

/** A request that was prepared, of so many bytes. */
export function testPrepared(id: string, own: Partial<PreparedRequest> = {}): PreparedRequest {
  return { id, body: `{"id":"${id}"}`, bytes: id.length + 9, ...own };
}

export function testResult(own: Partial<InferenceResult> = {}): InferenceResult {
  return { schemaVersion: '1.0', id: 'one', status: 'succeeded', ...own };
}

/** Ports on a clock that moves when somebody sleeps, and a queue that takes everything. */
export function createTestPorts(own: Partial<ProducerPorts> = {}) {
  const calls: { queueUrl: string; ids: string[] }[] = [];
  const slept: number[] = [];
  let now = 1_000;
  const ports: ProducerPorts = {
    sendBatch: async (queueUrl, requests) => {
      calls.push({ queueUrl, ids: requests.map(({ id }) => id) });
      return requests.map(() => undefined);
    },
    putPayload: async () => undefined,
    readResult: async () => undefined,
    listBatch: async () => [],
    replies: {
      urlOf: async (queue) => `https://sqs.test/${queue}`,
      receive: async () => [],
      delete: async () => undefined,
      hide: async () => undefined,
    },
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
    random: () => 1,
    now: () => now,
    ...own,
  };
  return { ports, calls, slept };
}
