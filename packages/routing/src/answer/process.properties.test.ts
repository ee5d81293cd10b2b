import type { ModelReply, OutcomeKind, Route } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeTarget } from '../testing/make-table.ts';
import { answered, failed, START } from '../testing/scripted-model.ts';
import type { AnswerResult } from './answer-result.ts';
import { createLab } from './testing/create-lab.ts';
import type { TimedCall, TimedReply } from './testing/timed-model.ts';

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
] as const satisfies OutcomeKind[];
const MIN_PAUSE_AFTER_THROTTLE_MS = 100;
/** A call that was given up is waited for no longer than this. */
const GIVE_UP_MS = 50;

const waits = fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined });
const reply: fc.Arbitrary<ModelReply> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(answered()) },
  { weight: 2, arbitrary: waits.map((retryAfterMs) => failed('throttled', retryAfterMs === undefined ? {} : { retryAfterMs })) },
  { weight: 1, arbitrary: fc.constant(failed('faulted', { isTransient: true })) },
  { weight: 2, arbitrary: fc.constantFrom(...FAILURES).map((outcome) => failed(outcome)) },
);
const timedReply: fc.Arbitrary<TimedReply> = fc
  .record({
    reply,
    takesMs: fc.integer({ min: 0, max: 30_000 }),
    firstTokenMs: fc.integer({ min: 0, max: 30_000 }),
    ignoresAbort: fc.boolean(),
  })
  .map(({ firstTokenMs, ...timed }) => (firstTokenMs < timed.takesMs ? { ...timed, firstTokenMs } : timed));

const caseArbitrary = fc.record({
  replies: fc.array(timedReply, { minLength: 20, maxLength: 20 }),
  requests: fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 8_000 }),
      budgetMs: fc.integer({ min: 0, max: 90_000 }),
      tenant: fc.constantFrom('x', 'y'),
      takesAll: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  targets: fc.array(fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }), { minLength: 1, maxLength: 4 }),
  maxTargets: fc.integer({ min: 1, max: 4 }),
  retryAfterMs: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
  hedge: fc.option(fc.record({ afterMs: fc.integer({ min: 1, max: 5_000 }), budget: fc.constantFrom(0.3, 1) }), { nil: undefined }),
  seed: fc.nat(),
});
type Case = typeof caseArbitrary extends fc.Arbitrary<infer Value> ? Value : never;
type Told = { result: AnswerResult; endsAt: number; endedAt: number; begunAt: number };

/** All requests of a case in one process, each begun when its time has come, however long the others take. */
async function play({ replies, requests, targets, maxTargets, retryAfterMs, hedge, seed }: Case) {
  const limits = { attemptMs: 25_000, maxTargets, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const route: Partial<Route> = { limits, ...(hedge && { hedge }) };
  const script = ({ index }: TimedCall): TimedReply => replies[index % replies.length] as TimedReply;
  const made = targets.map((limit, index) =>
    makeTarget(`t${index}`, limit === undefined ? {} : { rateLimits: { requestsPerMinute: limit } }),
  );
  const lab = createLab({ script, targets: made, route, random: makeRandom(seed) });
  let at = 0;
  const asked = requests.map(async ({ afterMs, budgetMs, tenant, takesAll }): Promise<Told> => {
    at += afterMs;
    await lab.time.sleep(at);
    const begunAt = lab.time.now();
    const endsAt = begunAt + budgetMs;
    const result = await lab.ask({ tenant, takesAll, endsAt });
    return { result, begunAt, endsAt, endedAt: lab.time.now() };
  });
  return { told: await lab.time.run(Promise.all(asked)), calls: lab.calls, limits, hedge };
}

type Played = Awaited<ReturnType<typeof play>>;

function holds(check: (played: Played, given: Case) => void) {
  return fc.assert(
    fc.asyncProperty(caseArbitrary, async (given) => check(await play(given), given)),
    { numRuns: 250 },
  );
}

const attemptsOf = ({ result }: Told) => result.attempts;

describe('whatever models do to the requests of a process', () => {
  it('each ends in its time, but for the moment that a call takes to be given up', () =>
    holds(({ told }) => {
      for (const { begunAt, endsAt, endedAt } of told) expect(endedAt).toBeLessThanOrEqual(Math.max(begunAt, endsAt) + GIVE_UP_MS);
    }));

  it('each calls a target twice at most, and no more targets than allowed', () =>
    holds(({ told, limits }) => {
      for (const one of told) {
        const counts = Map.groupBy(attemptsOf(one), ({ target }) => target);
        expect(counts.size).toBeLessThanOrEqual(limits.maxTargets);
        for (const attempts of counts.values()) expect(attempts.length).toBeLessThanOrEqual(2);
      }
    }));

  it('every call is in the account, once, with a number of its own', () =>
    holds(({ told, calls }) => {
      const attempts = told.flatMap(attemptsOf);
      expect(attempts.length).toBe(calls.length);
      expect(new Set(attempts.map(({ attemptId }) => attemptId)).size).toBe(calls.length);
      for (const one of told) {
        const numbers = attemptsOf(one).map(({ attemptId }) => Number(attemptId.split('#')[1]));
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
        expect(
          attemptsOf(one)
            .slice(1)
            .some(({ firstDraw }) => firstDraw),
        ).toBe(false);
      }
    }));

  it('a target that said how long is left alone by all of them for as long', () =>
    holds(({ told, calls }) => {
      for (const { target, outcome, startedAt, durationMs, retryAfterMs = 0 } of told.flatMap(attemptsOf)) {
        if (outcome !== 'throttled' || retryAfterMs === 0) continue;
        const restsFrom = startedAt + durationMs;
        const early = calls.filter((call) => call.target.id === target && call.at > restsFrom && call.at < restsFrom + retryAfterMs);
        expect(early).toEqual([]);
      }
    }));

  it('none comes back to a target sooner than the pause after its 429', () =>
    holds(({ told }) => {
      for (const one of told) {
        for (const [index, first] of attemptsOf(one).entries()) {
          const again = attemptsOf(one)
            .slice(index + 1)
            .find(({ target }) => target === first.target);
          if (first.outcome !== 'throttled' || !again) continue;
          expect(again.startedAt - first.startedAt - first.durationMs).toBeGreaterThanOrEqual(
            Math.max(MIN_PAUSE_AFTER_THROTTLE_MS, first.retryAfterMs ?? 0) - 1,
          );
        }
      }
    }));

  it('no target gets more calls in a minute than its stated limit', () =>
    holds(({ calls }) => {
      for (const { target, at } of calls) {
        const limit = target.rateLimits?.requestsPerMinute ?? Number.POSITIVE_INFINITY;
        expect(calls.filter((call) => call.target.id === target.id && call.at <= at && call.at > at - 60_000).length).toBeLessThanOrEqual(
          limit,
        );
      }
    }));

  it('two calls of one request run at once only by the route’s setting, once in a request, and within its budget', () =>
    holds(({ told, hedge }) => {
      const overlaps = told.map((one) => {
        const attempts = attemptsOf(one);
        return attempts.slice(1).filter((attempt, index) => {
          const before = attempts[index];
          return before !== undefined && attempt.startedAt < before.startedAt + before.durationMs;
        });
      });
      for (const [index, overlapping] of overlaps.entries()) {
        expect(overlapping.length).toBeLessThanOrEqual(hedge ? 1 : 0);
        if (overlapping.length > 0) expect(attemptsOf(told[index] as Told)[1]).toBe(overlapping[0]);
      }
      expect(overlaps.filter(({ length }) => length > 0).length).toBeLessThanOrEqual((hedge?.budget ?? 0) * told.length + 1e-9);
    }));

  it('what is answered was given by a model, and nothing is asked after it', () =>
    holds(({ told }) => {
      for (const { result, endedAt } of told) {
        const answers = result.attempts.filter(({ outcome }) => outcome === 'succeeded');
        expect(result.kind === 'answered').toBe(answers.length > 0);
        if (result.kind === 'answered') expect(answers.map(({ target }) => target)).toContain(result.servedBy.target);
        for (const { startedAt } of result.attempts) expect(startedAt).toBeLessThanOrEqual(endedAt);
      }
    }));

  it('second calls to the same target stay within the budget of the process', () =>
    holds(({ told }) => {
      const retries = told.map((one) => attemptsOf(one).length - new Set(attemptsOf(one).map(({ target }) => target)).size);
      expect(retries.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(10 + 0.2 * told.length);
    }));

  it('the same happens again', () =>
    fc.assert(
      fc.asyncProperty(caseArbitrary, async (given) => {
        const [one, other] = [await play(given), await play(given)];
        expect(other.told).toEqual(one.told);
        expect(one.told.every(({ begunAt }) => begunAt >= START)).toBe(true);
      }),
      { numRuns: 40 },
    ));
});
