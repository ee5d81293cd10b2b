import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Attempt } from '@signalbox/contracts';
import { metrics } from './telemetry.ts';

/**
 * The one file that knows OpenTelemetry's GenAI names. The conventions are still "Development" and renamed their metrics in
 * autumn 2026 (semantic-conventions-genai, docs/gen-ai/client-inference.md): when they move again, only this file moves.
 */
const DIMENSIONS = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  model: 'gen_ai.request.model',
  error: 'error.type',
} as const;

const METRICS = {
  duration: 'gen_ai.client.inference.duration',
  firstChunk: 'gen_ai.client.inference.time_to_first_chunk',
  inputTokens: 'gen_ai.client.inference.usage.input_tokens',
  outputTokens: 'gen_ai.client.inference.usage.output_tokens',
} as const;

/** A line takes 100 values of a metric: at the hundredth, Powertools writes it and forgets the dimensions of what follows. */
const MAX_VALUES = 99;

/** Writes the attempts of one invocation as metrics: one EMF line per model and error type, never a request id or tenant. */
export function recordAttempts(attempts: readonly Attempt[], { operation = 'chat', provider = 'aws.bedrock' } = {}): void {
  for (const [key, group] of Map.groupBy(attempts, (attempt) => `${attempt.model}\n${attempt.error ?? ''}`)) {
    const [model = '', error = ''] = key.split('\n');
    for (let start = 0; start < group.length; start += MAX_VALUES) {
      metrics.addDimensions({
        [DIMENSIONS.operation]: operation,
        [DIMENSIONS.provider]: provider,
        [DIMENSIONS.model]: model,
        ...(error ? { [DIMENSIONS.error]: error } : {}),
      });
      for (const attempt of group.slice(start, start + MAX_VALUES)) addAttempt(attempt);
      metrics.publishStoredMetrics();
    }
  }
}

function addAttempt(attempt: Attempt): void {
  metrics.addMetric(METRICS.duration, MetricUnit.Seconds, attempt.durationMs / 1000);
  if (attempt.firstTokenMs !== undefined) metrics.addMetric(METRICS.firstChunk, MetricUnit.Seconds, attempt.firstTokenMs / 1000);
  if (!attempt.usage) return;
  metrics.addMetric(METRICS.inputTokens, MetricUnit.Count, attempt.usage.inputTokens);
  metrics.addMetric(METRICS.outputTokens, MetricUnit.Count, attempt.usage.outputTokens);
}

/** Counts that alarms stand on: `InferencesCompleted`, `InferencesFailed`, … by service alone. */
export function countOutcomes(counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) metrics.addMetric(name, MetricUnit.Count, count);
  if (counts.size > 0) metrics.publishStoredMetrics();
}
