import type { Attempt } from '@signalbox/contracts';
import { attempt } from '@signalbox/contracts/samples';
import { beforeEach, describe, expect, it, vi } from 'vitest';

vi.hoisted(() => {
  Object.assign(process.env, { POWERTOOLS_METRICS_NAMESPACE: 'Signalbox', POWERTOOLS_SERVICE_NAME: 'inference' });
});

import { countOutcomes, recordAttempts } from './gen-ai-telemetry.ts';

type EmfLine = Record<string, unknown> & {
  _aws: { CloudWatchMetrics: [{ Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }] };
};

const written = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
beforeEach(() => written.mockClear());

function lines(): EmfLine[] {
  return written.mock.calls.map(([line]) => JSON.parse(String(line)) as EmfLine);
}

function metricsOf(line: EmfLine | undefined) {
  return line?._aws.CloudWatchMetrics[0].Metrics.map(({ Name, Unit }) => `${Name} ${Unit}`);
}

const { usage: _, ...unanswered } = attempt;
const faulted: Attempt = { ...unanswered, outcome: 'faulted', error: 'ServiceUnavailableException', durationMs: 250 };

describe('the attempts of an invocation', () => {
  it('are told in OpenTelemetry names, in seconds and tokens', () => {
    recordAttempts([{ ...attempt, firstTokenMs: 200 }]);
    const [line] = lines();
    expect(line).toMatchObject({
      service: 'inference',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': 'amazon.nova-lite-v1:0',
      'gen_ai.client.inference.duration': 0.812,
      'gen_ai.client.inference.time_to_first_chunk': 0.2,
      'gen_ai.client.inference.usage.input_tokens': 9,
      'gen_ai.client.inference.usage.output_tokens': 12,
    });
    expect(metricsOf(line)).toEqual([
      'gen_ai.client.inference.duration Seconds',
      'gen_ai.client.inference.time_to_first_chunk Seconds',
      'gen_ai.client.inference.usage.input_tokens Count',
      'gen_ai.client.inference.usage.output_tokens Count',
    ]);
    expect(line?._aws.CloudWatchMetrics[0].Namespace).toBe('Signalbox');
  });

  it('that failed carry the error and no tokens', () => {
    recordAttempts([faulted]);
    const [line] = lines();
    expect(line?.['error.type']).toBe('ServiceUnavailableException');
    expect(metricsOf(line)).toEqual(['gen_ai.client.inference.duration Seconds']);
  });

  it('share a line per model and error', () => {
    recordAttempts([attempt, faulted, { ...attempt, durationMs: 1_000 }, { ...attempt, model: 'other', durationMs: 2_000 }]);
    expect(lines().map((line) => [line['gen_ai.request.model'], line['error.type'], line['gen_ai.client.inference.duration']])).toEqual([
      ['amazon.nova-lite-v1:0', undefined, [0.812, 1]],
      ['amazon.nova-lite-v1:0', 'ServiceUnavailableException', 0.25],
      ['other', undefined, 2],
    ]);
  });

  it('have dimensions that do not grow with traffic, and no ids anywhere', () => {
    recordAttempts([attempt, faulted], { operation: 'embed', provider: 'openai' });
    for (const line of lines()) {
      const names = line._aws.CloudWatchMetrics[0].Dimensions.flat();
      const allowed = ['service', 'gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.request.model', 'error.type'];
      expect(allowed).toEqual(expect.arrayContaining(names));
      expect(line).toMatchObject({ 'gen_ai.operation.name': 'embed', 'gen_ai.provider.name': 'openai' });
      expect(JSON.stringify(line)).not.toContain('invoice-4711');
    }
  });

  it('keep their dimensions when they are more than a line holds', () => {
    recordAttempts(Array.from({ length: 250 }, () => ({ ...attempt, firstTokenMs: 1 })));
    const counts = lines().map((line) => {
      expect(line['gen_ai.request.model']).toBe('amazon.nova-lite-v1:0');
      return [line['gen_ai.client.inference.duration'], line['gen_ai.client.inference.usage.input_tokens']].map(
        (each) => [each].flat().length,
      );
    });
    expect(counts.reduce(([a = 0, b = 0], [c = 0, d = 0]) => [a + c, b + d], [0, 0])).toEqual([250, 250]);
  });

  it('write nothing when there were none', () => {
    recordAttempts([]);
    expect(lines()).toEqual([]);
  });
});

describe('counted outcomes', () => {
  it('are told by service alone', () => {
    countOutcomes(
      new Map([
        ['InferencesCompleted', 9],
        ['InferencesFailed', 1],
      ]),
    );
    const [line] = lines();
    expect(line).toMatchObject({ InferencesCompleted: 9, InferencesFailed: 1 });
    expect(line?._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service']]);
  });

  it('write nothing when there were none', () => {
    countOutcomes(new Map());
    expect(lines()).toEqual([]);
  });
});
