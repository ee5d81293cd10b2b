import type { ModelReply } from '@signalbox/contracts';
import { ATTEMPT_MS, TARGETS, type TargetId } from './fleet-table.ts';
import { exponential, logNormal, type Random } from './random.ts';

/** What a target does with calls, beside what it does on a good day; a share of 1 is every call. */
export type Trouble =
  /** Most calls fail at once, the others never answer. */
  | { kind: 'outage' }
  | { kind: 'errors'; share: number }
  | { kind: 'slow'; factor: number }
  /** Its quota, as a share of its normal traffic. */
  | { kind: 'quota'; share: number }
  /** Every call is over the quota. */
  | { kind: 'shut' }
  /** Errors that may be the caller's doing: half of them at once, half when the model gives up. */
  | { kind: 'ambiguous' }
  /** We call it wrongly: no right, no such model. */
  | { kind: 'misconfigured' }
  /** The caller's own errors. */
  | { kind: 'refusals' };

/** A trouble of targets from one second of the run to another. `tenant`: of that one's requests only. */
export type Spell = { targets: readonly TargetId[]; from: number; to: number; trouble: Trouble; tenant?: string };

export type WeatherCall = { target: TargetId; second: number; tenant: string | undefined; totalMs: number; isProbe: boolean };
export type WeatherReply = { reply: ModelReply; takesMs: number };

const BASE_ERROR_RATE = 0.003;
/** A tiny prompt with a tiny answer takes so much of a usual call. */
const PROBE_FACTOR = 0.4;
const HANG_SHARE = 0.2;
/** Unused quota is kept for so long: a burst of a few seconds passes. */
const QUOTA_BURST_SECONDS = 5;
/** Requests a second that any account has. */
const LEAST_QUOTA = 5;

type Options = { spells: readonly Spell[]; requestsPerSecond: number; random: Random };

/** The models as callers meet them: latency, errors, quotas, and the troubles of a scenario. */
export function createWeather({ spells, requestsPerSecond, random }: Options): (call: WeatherCall) => WeatherReply {
  const quotas = new Map(TARGETS.map(({ id }) => [id, { tokens: Number.POSITIVE_INFINITY, at: 0 }]));

  const isOverQuota = (id: TargetId, second: number, trouble: Trouble | undefined): boolean => {
    const { quota, normalShare } = targetOf(id);
    const rate = Math.max(LEAST_QUOTA, requestsPerSecond * (trouble?.kind === 'quota' ? trouble.share * normalShare : quota));
    const bucket = quotas.get(id) as { tokens: number; at: number };
    bucket.tokens = Math.min(Math.max(1, rate * QUOTA_BURST_SECONDS), bucket.tokens + (second - bucket.at) * rate);
    bucket.at = second;
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  };

  return ({ target, second, tenant, totalMs, isProbe }) => {
    const trouble = spells.find((spell) => isOn(spell, { target, second, tenant }))?.trouble;
    if (trouble?.kind === 'refusals') return { reply: failure('rejected', 'ValidationException', 400), takesMs: exponential(random, 50) };
    if (trouble?.kind === 'misconfigured')
      return { reply: failure('misconfigured', 'AccessDeniedException', 403), takesMs: exponential(random, 50) };
    if (trouble?.kind === 'shut' || isOverQuota(target, second, trouble))
      return { reply: failure('throttled', 'ThrottlingException', 429), takesMs: 20 };
    const broken = trouble && breakCall(trouble, random);
    if (broken) return cut(broken, totalMs);
    if (random() < BASE_ERROR_RATE) return { reply: unavailable(), takesMs: exponential(random, 100) };
    const factor = (trouble?.kind === 'slow' ? trouble.factor : 1) * (isProbe ? PROBE_FACTOR : 1);
    return cut({ reply: ANSWER, takesMs: factor * logNormal(random, { median: targetOf(target).medianMs, spread: 0.45 }) }, totalMs);
  };
}

const ANSWER: ModelReply = {
  outcome: 'succeeded',
  output: { message: { role: 'assistant', content: [{ text: 'ok' }] } },
  stopReason: 'end_turn',
};

/** What the trouble makes of a call; undefined where it leaves it to go on. */
function breakCall(trouble: Trouble, random: Random): WeatherReply | undefined {
  const fast = 20 + exponential(random, 60);
  if (trouble.kind === 'outage') return random() < HANG_SHARE ? HANG : { reply: unavailable(), takesMs: fast };
  if (trouble.kind === 'errors') return random() < trouble.share ? { reply: unavailable(), takesMs: fast } : undefined;
  if (trouble.kind !== 'ambiguous') return undefined;
  if (random() < 0.5) return { reply: { ...failure('model-error', 'ModelErrorException', 424), originalStatus: 500 }, takesMs: fast + 500 };
  return HANG;
}

const HANG: WeatherReply = { reply: ANSWER, takesMs: Number.POSITIVE_INFINITY };

/** Whoever calls gives up when the attempt's time is over. */
function cut({ reply, takesMs }: WeatherReply, totalMs: number): WeatherReply {
  if (takesMs <= totalMs) return { reply, takesMs };
  return { reply: failure('timed-out', 'AttemptTimeout'), takesMs: Math.min(totalMs, ATTEMPT_MS) };
}

function failure(outcome: Exclude<ModelReply['outcome'], 'succeeded'>, error: string, status?: number) {
  return { outcome, error, message: error, ...(status !== undefined && { status }) };
}

function unavailable(): ModelReply {
  return { ...failure('faulted', 'ServiceUnavailableException', 503), isTransient: true };
}

function isOn({ targets, from, to, tenant }: Spell, call: { target: TargetId; second: number; tenant: string | undefined }): boolean {
  if (call.second < from || call.second >= to || !targets.includes(call.target)) return false;
  return tenant === undefined || tenant === call.tenant;
}

function targetOf(id: TargetId) {
  return TARGETS.find((target) => target.id === id) as (typeof TARGETS)[number];
}
