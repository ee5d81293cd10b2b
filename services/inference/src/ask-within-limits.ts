import { describeLimit, type Granted, type Limited } from '@signalbox/limits';
import { type AnswerResult, estimateSpend, type Strikes, spendOf, type Waiting } from '@signalbox/routing';
import type { Choice } from './choose-route.ts';
import type { Ports } from './ports.ts';

/** Why a request waits: no model could answer, or its tenant's limits do not let it ask one now. */
export type Held = Omit<Waiting, 'reason'> & { reason: Waiting['reason'] | 'limited' };
export type LimitedAnswer = Held & { kind: 'waiting'; reason: 'limited' };

type Asking = {
  ports: Pick<Ports, 'reserve' | 'count'>;
  tenant: string;
  /** The route that the producer named: its tenant's limits speak of that one. */
  route: string;
  labels: Readonly<Record<string, string>> | undefined;
  choice: Choice;
  table: Parameters<typeof estimateSpend>[1];
  strikes: Strikes;
  ask: () => Promise<AnswerResult>;
};

/** Asks models when the tenant's limits have room for it, and accounts for what that used. Rejects with UnavailableError when limits cannot be looked up. */
export async function askWithinLimits({
  ports,
  tenant,
  route,
  labels,
  choice,
  table,
  strikes,
  ask,
}: Asking): Promise<AnswerResult | LimitedAnswer> {
  const reserved = await ports.reserve({ tenant, route, ...estimateSpend(choice, table) });
  if (reserved.kind === 'limited') return limitedAnswer(reserved, strikes);
  const answer = await askOrRelease(reserved, ask);
  const spend = spendOf(answer);
  // Where no model was called, nothing was begun.
  if (answer.attempts.length === 0) reserved.release();
  else reserved.settle(spend);
  ports.count({ tenant, route, labels, requests: answer.kind === 'waiting' ? 0 : 1, ...spend });
  return answer;
}

async function askOrRelease(reserved: Granted, ask: Asking['ask']): Promise<AnswerResult> {
  try {
    return await ask();
  } catch (error) {
    reserved.release();
    throw error;
  }
}

/** It comes again when there may be room, and not later each time: how often it waited says nothing of when its turn is. */
function limitedAnswer(limited: Limited, strikes: Strikes): LimitedAnswer {
  const { retryAfterMs } = limited;
  return {
    kind: 'waiting',
    reason: 'limited',
    detail: describeLimit(limited),
    retryAfterMs,
    isBrief: true,
    strikes,
    costUsd: 0,
    attempts: [],
  };
}
