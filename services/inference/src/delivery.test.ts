import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, type Delivery, type QueueRecord, readDelivery, toAttributes } from './delivery.ts';
import { START } from './testing/index.ts';

function recordOf(attributes: Record<string, string>, { sentAt = START + 1_000, messageId = 'message-2' } = {}): QueueRecord {
  const messageAttributes = Object.fromEntries(Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue }]));
  return { messageId, body: '{}', attributes: { SentTimestamp: String(sentAt) }, messageAttributes };
}

const count = fc.integer({ min: 0, max: 1_000_000 });
const strikes = fc.oneof(
  fc.constant({ againstRequest: 0, total: 0, struckAt: 0 }),
  fc.record({ againstRequest: count, total: fc.integer({ min: 1, max: 100 }), struckAt: fc.integer({ min: 1, max: START }) }),
);
const delivery: fc.Arbitrary<Delivery> = fc
  .record({
    messageId: fc.constant('message-2'),
    body: fc.constant('{}'),
    origin: fc.uuid(),
    deferrals: count,
    attempts: count,
    strikes,
    acceptedAt: fc.integer({ min: 1, max: START }),
    brief: fc.double({ min: 0, max: 1, noNaN: true }),
    answerKey: fc.option(fc.constant('stashed/default/x/fence-1.json'), { nil: undefined }),
  })
  .map(({ answerKey, brief, ...rest }) => ({
    ...rest,
    briefDeferrals: Math.floor(brief * rest.deferrals),
    ...(answerKey ? { answerKey } : {}),
  }));

describe('a delivery', () => {
  it('comes back from the attributes of its parked copy as it was', () => {
    fc.assert(
      fc.property(delivery, (parked) => {
        expect(readDelivery(recordOf(toAttributes(parked)))).toEqual(parked);
      }),
    );
  });

  it('carries at most the ten attributes that SQS takes, none of them empty', () => {
    fc.assert(
      fc.property(delivery, (parked) => {
        const values = Object.values(toAttributes(parked));
        expect(values.length).toBeLessThanOrEqual(10);
        expect(values.every((value) => value.length > 0)).toBe(true);
      }),
    );
  });

  it('of a first message is its own origin, accepted when it was sent', () => {
    expect(readDelivery(recordOf({}))).toEqual({
      messageId: 'message-2',
      body: '{}',
      origin: 'message-2',
      deferrals: 0,
      briefDeferrals: 0,
      attempts: 0,
      strikes: { againstRequest: 0, total: 0, struckAt: 0 },
      acceptedAt: START + 1_000,
    });
  });

  it.each<[string, Record<string, string>]>([
    ['negative counts', { [ATTRIBUTE.deferrals]: '-1', [ATTRIBUTE.attempts]: '-7' }],
    ['counts that are no whole numbers', { [ATTRIBUTE.deferrals]: '1.5', [ATTRIBUTE.attempts]: 'Infinity' }],
    ['more brief deferrals than deferrals', { [ATTRIBUTE.briefDeferrals]: '3' }],
    ['words', { [ATTRIBUTE.deferrals]: 'many', [ATTRIBUTE.strikes]: 'out,out', [ATTRIBUTE.acceptedAt]: 'now' }],
    ['a time that no date can hold', { [ATTRIBUTE.acceptedAt]: String(Number.MAX_SAFE_INTEGER) }],
    ['a time after it was sent', { [ATTRIBUTE.acceptedAt]: String(START + 1_001) }],
    ['attributes of others', { color: 'red', Deferrals: '7' }],
    ['an attribute without text', { [ATTRIBUTE.answerKey]: '' }],
  ])('with %s counts as if it had none', (_, attributes) => {
    expect(readDelivery(recordOf(attributes))).toEqual(readDelivery(recordOf({})));
  });
});
