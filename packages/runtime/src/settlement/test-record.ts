import type { InferenceRecord } from '@signalbox/contracts';
import { attempt } from '@signalbox/contracts/samples';

/** The record of a request that was answered, with every field set that such a record can have. */
export const succeededRecord: InferenceRecord = {
  schemaVersion: '1.0',
  id: 'invoice-4711',
  tenant: 'acme',
  status: 'succeeded',
  route: 'default',
  priority: 'standard',
  messageId: 'message-1',
  deferrals: 2,
  stopReason: 'end_turn',
  servedBy: { target: 'nova-lite', model: 'amazon.nova-lite-v1:0', region: 'us-east-1' },
  degraded: { from: 'standard', reason: 'nova-pro faulted' },
  usage: { inputTokens: 9, outputTokens: 12 },
  costUsd: null,
  timing: { queuedMs: 31, totalMs: 860 },
  attempts: [attempt],
  features: { inputModalities: ['text'], hasTools: false, labels: { campaign: 'spring' } },
  labels: { campaign: 'spring' },
  tableVersion: '4f1c2a9be0d3',
  tableSource: 'appconfig',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  outputBytes: 94,
  deadline: '2026-09-22T15:33:20.000Z',
  finishedAt: '2026-09-21T15:33:20.860Z',
};

/** The record of a request that nothing answered. */
export const unansweredRecord: InferenceRecord = {
  schemaVersion: '1.0',
  id: 'invoice-4711',
  tenant: 'acme',
  status: 'failed',
  reason: 'refused',
  error: { code: 'guardrail_intervened', message: 'The model refused the content.' },
  route: 'default',
  priority: 'bulk',
  messageId: 'message-1',
  deferrals: 0,
  timing: { queuedMs: 31, totalMs: 860 },
  attempts: [],
  outputBytes: 0,
  deadline: '2026-09-22T15:33:20.000Z',
  finishedAt: '2026-09-21T15:33:20.860Z',
};
