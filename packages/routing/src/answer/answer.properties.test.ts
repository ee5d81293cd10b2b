import type { ModelReply, OutcomeKind } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { answered, failed, START, scriptModel } from '../testing/scripted-model.ts';
import { createAnswer } from './answer.ts';
import type { AnswerResult } from './answer-result.ts';

const content = { messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const FAILURES = [
  'throttled',
  'not-ready',
  'faulted',
  'model-error',
  'timed-out',
  'malformed',
  'refused',
  'too-long',
  'rejected',
  'misconfigured',
  'cancelled',
] as const satisfies Exclude<OutcomeKind, 'succeeded'>[];

const replyArbitrary: fc.Arbitrary<ModelReply> = fc.oneof(
  fc.constant(answered()),
  fc
    .record({ outcome: fc.constantFrom(...FAILURES), isTransient: fc.boolean(), originalStatus: fc.constantFrom(400, 429, 500) })
    .map(({ outcome, ...stated }) => failed(outcome, stated)),
);
const caseArbitrary = fc.record({
  contexts: fc.array(fc.option(fc.constantFrom(10_000, 20_000, 30_000, 40_000, 50_000)), { minLength: 1, maxLength: 6 }),
  maxTargets: fc.integer({ min: 1, max: 6 }),
  replies: fc.array(fc.record({ reply: replyArbitrary, takesMs: fc.integer({ min: 0, max: 90_000 }) }), { minLength: 12, maxLength: 12 }),
  budgetMs: fc.integer({ min: 0, max: 200_000 }),
  attemptsBefore: fc.nat(5),
});
type Case = typeof caseArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

async function play({ contexts, maxTargets, replies, budgetMs, attemptsBefore }: Case) {
  const targets = contexts.map((contextTokens, index) => makeTarget(`t${index}`, { contextTokens }));
  const made = makeTable({ targets });
  made.route.limits.maxTargets = maxTargets;
  let index = 0;
  const model = scriptModel(() => replies[index++] ?? { reply: answered() });
  const endsAt = START + budgetMs;
  const result = await createAnswer(model.ports)({
    id: 'r',
    content,
    features: makeRequest(),
    ...made,
    endsAt,
    attemptsBefore,
    signal: new AbortController().signal,
  });
  return { result, ...model, endsAt };
}

function holds(check: (played: Awaited<ReturnType<typeof play>>, given: Case) => void) {
  return fc.assert(
    fc.asyncProperty(caseArbitrary, async (given) => check(await play(given), given)),
    { numRuns: 300 },
  );
}

describe('every receive', () => {
  it('keeps to its time, and begins no attempt with less than a second of it', () =>
    holds(({ clock, calls, endsAt }) => {
      expect(clock.now).toBeLessThanOrEqual(Math.max(endsAt, START));
      for (const { at, limits } of calls) {
        expect(endsAt - at).toBeGreaterThanOrEqual(1_000);
        expect(at + limits.totalMs).toBeLessThanOrEqual(endsAt);
      }
    }));

  it('tries no more distinct targets than allowed, those apart that were too small, and none more than twice', () =>
    holds(({ calls, result }, { maxTargets }) => {
      const counts = Map.groupBy(calls, ({ target }) => target.id);
      const tooSmall = new Set(result.attempts.filter(({ outcome }) => outcome === 'too-long').map(({ target }) => target));
      expect([...counts.keys()].filter((id) => !tooSmall.has(id)).length).toBeLessThanOrEqual(maxTargets);
      for (const of of counts.values()) expect(of.length).toBeLessThanOrEqual(2);
    }));

  it('records each call as one attempt, numbered on from the earlier ones', () =>
    holds(({ result, calls }, { attemptsBefore }) => {
      expect(result.attempts.map(({ attemptId }) => attemptId)).toEqual(calls.map((_, index) => `r#${attemptsBefore + index + 1}`));
      expect(result.attempts.map(({ target }) => target)).toEqual(calls.map(({ target }) => target.id));
      expect(result.attempts.filter(({ firstDraw }) => firstDraw).length).toBe(calls.length > 0 ? 1 : 0);
    }));

  it('goes no further after an answer, a refusal or a rejection', () =>
    holds(({ result }) => {
      const last: OutcomeKind[] = ['succeeded', 'refused', 'rejected', 'cancelled'];
      const outcomes = result.attempts.map(({ outcome }) => outcome);
      expect(outcomes.slice(0, -1).filter((outcome) => last.includes(outcome))).toEqual([]);
      expect(result.kind === 'answered').toBe(outcomes.at(-1) === 'succeeded');
    }));

  it('adds at most two strikes, one for each ambiguous attempt', () =>
    holds(({ result }) => {
      const ambiguous = result.attempts.filter(
        ({ outcome, originalStatus }) =>
          outcome === 'timed-out' || outcome === 'malformed' || (outcome === 'model-error' && originalStatus !== 400),
      );
      expect(ambiguous.length).toBeLessThanOrEqual(2);
      if (result.kind === 'waiting') expect(result.strikes.total).toBe(ambiguous.length);
    }));

  it('never ends a request for what may be the fault of targets', () =>
    holds(({ result }) => {
      if (result.kind !== 'ended') return;
      const grounds: Record<typeof result.reason, OutcomeKind[]> = {
        refused: ['refused'],
        invalid: ['rejected', 'model-error'],
        'too-long': ['too-long'],
        quarantined: [],
      };
      expect(result.attempts.some(({ outcome }) => grounds[result.reason].includes(outcome))).toBe(true);
    }));

  it('is a pure function of what it is given', () =>
    fc.assert(
      fc.asyncProperty(caseArbitrary, async (given) => {
        const results: AnswerResult[] = [(await play(given)).result, (await play(given)).result];
        expect(results[1]).toEqual(results[0]);
      }),
      { numRuns: 50 },
    ));
});
