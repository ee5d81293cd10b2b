import type { InferenceRecord } from '@signalbox/contracts';

/** The record without what its producer wrote. What accounting needs stays: status, usage, cost, attempts, and the error's code. */
export function eraseRecord(record: InferenceRecord, now: number): InferenceRecord {
  const { labels: _labels, features, error, ...kept } = record;
  return {
    ...kept,
    ...(features ? { features: withoutLabels(features) } : {}),
    ...(error ? { error: { code: error.code, message: 'What was wrong in detail was erased with the content.' } } : {}),
    erasedAt: new Date(now).toISOString(),
  };
}

function withoutLabels({ labels: _labels, ...features }: NonNullable<InferenceRecord['features']>) {
  return features;
}
