import type { InferenceRecord } from '@signalbox/contracts';
import { attempt } from '@signalbox/contracts/samples';

export const OUTPUT = { message: { role: 'assistant', content: [{ text: 'The capital of France is Paris.' }] } };

/** The record of an inference that was answered. */
export const record: InferenceRecord = {
  schemaVersion: '1.0',
  id: 'invoice-4711',
  tenant: 'acme',
  status: 'succeeded',
  route: 'default',
  priority: 'standard',
  messageId: 'message-1',
  deferrals: 0,
  stopReason: 'end_turn',
  servedBy: { target: 'nova-lite', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' },
  usage: { inputTokens: 9, outputTokens: 12 },
  costUsd: 0.00000342,
  timing: { queuedMs: 31, totalMs: 860 },
  attempts: [attempt],
  outputBytes: Buffer.byteLength(JSON.stringify(OUTPUT)),
  deadline: '2026-09-22T15:33:20.000Z',
  finishedAt: '2026-09-21T15:33:20.860Z',
};
