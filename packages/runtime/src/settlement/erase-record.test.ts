import { InferenceRecord } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { eraseRecord } from './erase-record.ts';
import { toResult, toTerminalEvent } from './record-views.ts';
import { succeededRecord, unansweredRecord } from './test-record.ts';

const NOW = Date.parse('2026-09-25T00:00:00.000Z');
const CANARY = 'xanthous';
const problems = [{ path: `messages["${CANARY}"]`, message: 'is not a known field' }];

describe('an erased record', () => {
  it('keeps what accounting needs, and says when it was erased', () => {
    const erased = eraseRecord(succeededRecord, NOW);
    const { labels: _labels, features: _features, ...kept } = succeededRecord;
    expect(erased).toMatchObject({
      ...kept,
      features: { inputModalities: ['text'], hasTools: false },
      erasedAt: '2026-09-25T00:00:00.000Z',
    });
    expect(InferenceRecord.parse(erased)).toEqual(erased);
  });

  it.each([
    ['a label', { ...succeededRecord, labels: { name: CANARY } }],
    ['a label among the features', { ...succeededRecord, features: { inputModalities: [], hasTools: true, labels: { [CANARY]: 'x' } } }],
    ['the message of an error', { ...unansweredRecord, error: { code: 'refused', message: `Nothing about ${CANARY}.` } }],
    ['the path of a problem', { ...unansweredRecord, error: { code: 'malformed', message: 'Not a request.', problems } }],
  ])('has nothing of what stood in %s', (_where, record) => {
    const erased = eraseRecord(record, NOW);
    expect(JSON.stringify(erased)).not.toContain(CANARY);
    expect(JSON.stringify([toResult(erased, {}), toTerminalEvent(erased, { stage: 'test' })])).not.toContain(CANARY);
  });

  it('keeps the code of its error', () => {
    expect(eraseRecord(unansweredRecord, NOW).error?.code).toBe(unansweredRecord.error?.code);
  });

  it('is told by the same event id', () => {
    const idOf = (record: InferenceRecord) => toTerminalEvent(record, { stage: 'test' })?.detail.metadata;
    expect(idOf(eraseRecord(succeededRecord, NOW))).toEqual(idOf(succeededRecord));
  });
});
