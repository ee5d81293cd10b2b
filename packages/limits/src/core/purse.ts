import type { Counter } from './counters-of.ts';
import type { Held, Report, Shortage } from './exchange.ts';
import { LIMIT_KINDS } from './limit-kind.ts';
import { windowStart } from './limit-window.ts';

/** What one process has of one counter, in whole units, and what it has to account for. */
export type Purse = {
  counter: Counter;
  /** When the window began that `spent` and, of a rate, `free` belong to. */
  window: number;
  /** Left of its block. */
  free: number;
  /** Of requests under way. */
  inFlight: number;
  /** Used, and not accounted for yet. */
  spent: number;
  /** By the store's account. */
  held: Held | undefined;
  /** The last block it was given: the measure of what it may do while the store is away. */
  lastBlock: number;
  /** The last refusal, so that not every request asks the store to hear the same. */
  refusal: { shortage: Shortage; until: number } | undefined;
};

/** What a request took of a counter. */
export type Taken = { purse: Purse; amount: number; window: number };

/** A block is spent until so long before its end: what is taken last is still told in time (every four seconds), also when clocks differ by a second. */
const MARGIN_MS = 5_000;
/** A refusal is believed this long: others may give something back. */
const REFUSAL_MS = 1_000;
/** Of the limit of a minute, a process that sleeps may have used so much without having said so. */
const UNTOLD_SHARE = 0.02;

export function openPurse(counter: Counter, now: number): Purse {
  const window = windowStart(counter.kind, now);
  return { counter, window, free: 0, inFlight: 0, spent: 0, held: undefined, lastBlock: 0, refusal: undefined };
}

/** Brings a purse up to now: what is of an earlier window, or held too long, is gone. */
export function freshen(purse: Purse, now: number): void {
  const current = windowStart(purse.counter.kind, now);
  if (current > purse.window) {
    purse.window = current;
    purse.spent = 0;
    purse.refusal = undefined;
    if (isRate(purse)) purse.free = 0;
  }
  if (!isLive(purse, now)) purse.free = 0;
}

export function has(purse: Purse, amount: number): boolean {
  return purse.free >= amount;
}

/** Takes for a request; the purse has it. */
export function take(purse: Purse, amount: number): Taken {
  purse.free -= amount;
  if (isRate(purse)) purse.spent += amount;
  else purse.inFlight += amount;
  return { purse, amount, window: purse.window };
}

/** Settles what a request took by what it came to; null when that is not known, and the estimate stands. */
export function settle({ purse, amount, window }: Taken, actual: number | null, now: number): void {
  freshen(purse, now);
  const used = actual ?? amount;
  if (isRate(purse)) {
    settleRate({ purse, window, difference: used - amount, now });
    return;
  }
  purse.inFlight -= amount;
  if (purse.counter.kind === 'concurrency') giveBack(purse, amount, now);
  else {
    purse.spent += used;
    giveBack(purse, amount - used, now);
  }
}

function settleRate({ purse, window, difference, now }: { purse: Purse; window: number; difference: number; now: number }): void {
  // What an earlier minute did not need is nothing to this one; what it lacked is.
  if (difference < 0 && window !== purse.window) return;
  purse.spent += difference;
  giveBack(purse, -difference, now);
}

function giveBack(purse: Purse, amount: number, now: number): void {
  if (amount > 0) purse.refusal = undefined;
  if (isLive(purse, now)) purse.free = Math.max(0, purse.free + amount);
}

/** What the purse has to say to the store. With a need that it cannot meet, it gives up the rest of its block for a new one. */
export function reportOf(purse: Purse, { needs = 0, keepsSlots = true }: { needs?: number; keepsSlots?: boolean } = {}): Report {
  const wants = has(purse, needs) ? 0 : needs;
  if (wants > 0 || (!keepsSlots && purse.counter.kind === 'concurrency')) purse.free = 0;
  const { counter, window, spent, held, inFlight, free } = purse;
  return { counter, spent: { window, amount: spent }, held, keeps: inFlight + free, wants };
}

/** What the store answered to that report. Meanwhile requests may have taken and settled. */
export function accept(purse: Purse, report: Report, { block, held }: { block: number; held: Held }): void {
  if (held.window > purse.window) {
    purse.window = held.window;
    purse.spent = 0;
  } else if (report.spent.window === purse.window) purse.spent -= report.spent.amount;
  // Of a minute that ended meanwhile there is nothing to have.
  if (isRate(purse) && held.window < purse.window) return;
  purse.held = held;
  purse.free += block;
  if (block > 0) {
    purse.lastBlock = block;
    purse.refusal = undefined;
  }
}

export function refuse(purse: Purse, shortage: Shortage, now: number): void {
  purse.refusal = { shortage, until: Math.min(shortage.retryAt, now + REFUSAL_MS) };
}

/** The refusal that a need would meet again, as far as this process knows. */
export function knownRefusal(purse: Purse, amount: number, now: number): Shortage | undefined {
  const { refusal } = purse;
  if (!refusal || now >= refusal.until || amount < refusal.shortage.needed) return undefined;
  return refusal.shortage;
}

/** While the store is away: as much again as it last gave, for as long as a block lasts. The store will hear of it as spent. */
export function grantOneself(purse: Purse, { needs, now, forMs }: { needs: number; now: number; forMs: number }): void {
  purse.free = Math.max(needs, purse.lastBlock);
  purse.held = { window: purse.window, until: Math.ceil((now + forMs) / 1_000), amount: 0 };
}

/** True when the store must hear of it before its process may sleep or end: money that was spent, slots that nobody uses, or much of a rate. */
export function isOwing(purse: Purse): boolean {
  if (isRate(purse)) return purse.spent > purse.counter.limit * UNTOLD_SHARE;
  return purse.counter.kind === 'concurrency' ? (purse.held?.amount ?? 0) > purse.inFlight : purse.spent !== 0;
}

/** True when its block must not run out untold: then others would take what is under way, or was used. */
export function needsRenewal({ inFlight, spent }: Purse): boolean {
  return inFlight > 0 || spent !== 0;
}

/** True when neither it nor the store has anything to hear of the other. */
export function isEmpty({ free, inFlight, spent, held }: Purse, now: number): boolean {
  return free === 0 && inFlight === 0 && spent === 0 && (held === undefined || held.until * 1_000 <= now);
}

function isRate({ counter }: Purse): boolean {
  return LIMIT_KINDS[counter.kind].style === 'rate';
}

function isLive({ held }: Purse, now: number): boolean {
  return held !== undefined && now < held.until * 1_000 - MARGIN_MS;
}
