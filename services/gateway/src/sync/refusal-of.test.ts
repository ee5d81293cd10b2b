import { attempt } from '@signalbox/contracts/samples';
import { type Ended, type Interrupted, NO_STRIKES, type Waiting } from '@signalbox/routing';
import { describe, expect, it } from 'vitest';
import { refusalOf } from './refusal-of.ts';

const attempts = [{ ...attempt, outcome: 'faulted' as const }];
const error = { code: 'ServiceUnavailableException', message: 'The provider failed.' };
const waiting = (stated: Partial<Waiting>): Waiting => ({
  kind: 'waiting',
  reason: 'unavailable',
  detail: 'nova-lite faulted 503',
  error,
  strikes: NO_STRIKES,
  costUsd: 0,
  attempts,
  ...stated,
});
const ended = (reason: Ended['reason'], stated: Partial<Ended> = {}): Ended => ({
  kind: 'ended',
  reason,
  error,
  costUsd: 0,
  attempts,
  ...stated,
});

describe('who gets no answer is told', () => {
  it.each([
    ['refused', 400, 'content_filter'],
    ['invalid', 400, 'rejected_by_model'],
    ['too-long', 400, 'context_length_exceeded'],
    ['quarantined', 502, 'quarantined'],
  ] as const)('that the request was %s, and not to come again', (reason, status, code) => {
    const refusal = refusalOf(ended(reason));
    expect(refusal).toMatchObject({ status, code, attempts });
    expect(refusal).not.toHaveProperty('retryAfter');
  });

  it('that no target has what it needs, of which no model was asked', () => {
    const message = 'No target of route "default" meets what the request requires: nova-lite (lacks seed).';
    const refusal = refusalOf(ended('invalid', { error: { code: 'NoSuitableTarget', message }, attempts: [] }));
    expect(refusal).toMatchObject({ status: 400, code: 'no_suitable_target', message });
  });

  it('in the provider’s own words, where it said any', () => {
    expect(refusalOf(ended('invalid', { providerMessage: 'max_tokens is too large' })).message).toContain('max_tokens is too large');
  });

  it.each([
    ['unavailable', undefined, 5],
    ['throttled', 2_400, 3],
    ['throttled', 0, 1],
    ['unavailable', 9_000_000, 600],
  ] as const)('when to come again: %s, %s ms', (reason, retryAfterMs, retryAfter) => {
    const refusal = refusalOf(waiting({ reason, ...(retryAfterMs !== undefined && { retryAfterMs }) }));
    expect(refusal).toMatchObject({ status: 503, code: 'all_attempts_failed', retryAfter, attempts });
    expect(refusal.message).toContain(error.message);
  });

  it('that time was up, for which waiting is no remedy', () => {
    const refusal = refusalOf(waiting({ reason: 'out-of-time' }));
    expect(refusal).toMatchObject({ status: 504, code: 'out_of_time' });
    expect(refusal).not.toHaveProperty('retryAfter');
  });

  it('what is known when nothing could even be tried', () => {
    const { error: _, ...untried } = waiting({ attempts: [] });
    expect(refusalOf(untried).message).toContain('nova-lite faulted 503');
  });

  it('that an answer broke off, by whom, and what would have kept it whole', () => {
    const servedBy = { target: 'nova-lite', model: 'm', region: 'us-east-1' };
    const interrupted: Interrupted = { kind: 'interrupted', error, servedBy, costUsd: 0, attempts };
    const refusal = refusalOf(interrupted);
    expect(refusal).toMatchObject({ status: 502, code: 'answer_interrupted' });
    expect(refusal.message).toMatch(/nova-lite.*hold/);
  });
});
