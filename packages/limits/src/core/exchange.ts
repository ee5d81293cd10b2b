import type { Counter } from './counters-of.ts';
import { LIMIT_KINDS } from './limit-kind.ts';
import { windowEnd } from './limit-window.ts';
import { type CounterState, counterAt, heldIn, type LimitsState, withoutIdle } from './limits-state.ts';

/** What a process holds by the store's account. `until`: second of the epoch. */
export type Held = { window: number; until: number; amount: number };

/** What a process says of one counter. */
export type Report = {
  counter: Counter;
  /** Used since it last said so; below 0 when less was used than it had said. */
  spent: { window: number; amount: number };
  held: Held | undefined;
  /** What it holds on to, whatever the limit: what is under way, and what is left of its block. */
  keeps: number;
  /** What it needs beyond that for a request; 0 for nothing. */
  wants: number;
};

/** What a process has after it, by counter id: the block that is new, and all that it holds. */
export type Grants = Readonly<Record<string, { block: number; held: Held }>>;

/** Why there is nothing: in whole units of the counter. `resetsAt`: when the count begins anew; `retryAt`: when it is worth asking again. */
export type Shortage = { counter: Counter; needed: number; left: number; resetsAt: number; retryAt: number };

export type Exchanged = {
  state: LimitsState;
  grants: Grants;
  /** Set when a request cannot have what it needs: then there is no new block, of any counter. */
  shortage: Shortage | undefined;
};

/** How long a block is a process's own. Long enough to be worth a write, short enough that a crash is soon forgotten. */
const LEASE_SECONDS = 10;
/** Of what is left, a block is at most so much, unless one request needs more. */
const BLOCK_SHARE = 0.02;
/** When a call of somebody else may have ended. */
const SLOT_RETRY_MS = 2_000;

/** One exchange between a process and the store: it accounts for what it used, and has what it holds renewed and a block of what it wants, or all of nothing. */
export function exchange({ state, reports, now }: { state: LimitsState; reports: readonly Report[]; now: number }): Exchanged {
  const accounts = reports.map((report) => ({ report, standing: settle(counterAt(state, report.counter, now), report) }));
  const shortages = accounts.flatMap(({ report, standing }) => shortageOf(report, standing, now) ?? []);
  const shortage = shortages.toSorted((one, other) => other.retryAt - one.retryAt)[0];
  const until = Math.ceil(now / 1_000) + LEASE_SECONDS;
  const counters: Record<string, CounterState> = {};
  const grants: Record<string, { block: number; held: Held }> = {};
  for (const { report, standing } of accounts) {
    const block = shortage ? 0 : blockOf(report, standing);
    const amount = report.keeps + block;
    counters[report.counter.id] = { ...standing, held: amount > 0 ? withHold(standing.held, until, amount) : standing.held };
    grants[report.counter.id] = { block, held: { window: standing.window, until, amount } };
  }
  return { state: withoutIdle({ counters: { ...state.counters, ...counters } }, now), grants, shortage };
}

/** Accounts for what was used, and takes back what the process held. */
function settle(standing: CounterState, { counter, spent, held }: Report): CounterState {
  const used = spent.window === standing.window ? Math.max(0, standing.used + spent.amount) : standing.used;
  const isRate = LIMIT_KINDS[counter.kind].style === 'rate';
  // A hold of an earlier minute is forgotten already.
  if (!held || (isRate && held.window !== standing.window)) return { ...standing, used };
  return { ...standing, used, held: withHold(standing.held, held.until, -held.amount, { onlyThere: true }) };
}

function withHold(held: CounterState['held'], until: number, amount: number, { onlyThere = false } = {}): CounterState['held'] {
  const known = held[until];
  if (known === undefined && onlyThere) return held;
  const { [until]: _, ...others } = held;
  const sum = (known ?? 0) + amount;
  return sum > 0 ? { ...others, [until]: sum } : others;
}

function leftFor({ counter, keeps }: Report, standing: CounterState): number {
  return counter.limit - standing.used - heldIn(standing) - keeps;
}

function blockOf(report: Report, standing: CounterState): number {
  if (report.wants === 0) return 0;
  return Math.max(report.wants, Math.floor(leftFor(report, standing) * BLOCK_SHARE));
}

function shortageOf(report: Report, standing: CounterState, now: number): Shortage | undefined {
  const { counter, wants } = report;
  const left = leftFor(report, standing);
  if (wants === 0 || wants <= left) return undefined;
  const resetsAt = resetOf(counter, standing, now);
  return {
    counter,
    needed: wants,
    left: Math.max(0, left),
    resetsAt,
    retryAt: Math.max(now + 1, retryAt(report, standing, { now, resetsAt })),
  };
}

function resetOf({ kind }: Counter, { window }: CounterState, now: number): number {
  return LIMIT_KINDS[kind].style === 'slots' ? now + SLOT_RETRY_MS : windowEnd(kind, window);
}

/** Where others' blocks are all that is in the way, they may be free before the window ends. */
function retryAt({ counter, wants }: Report, standing: CounterState, { now, resetsAt }: { now: number; resetsAt: number }): number {
  if (counter.limit - standing.used < wants) return resetsAt;
  const soonest = Math.min(...Object.keys(standing.held).map((until) => Number(until) * 1_000));
  return Math.min(resetsAt, Number.isFinite(soonest) ? soonest : now + SLOT_RETRY_MS);
}
