import type { FailureVerdict } from './judge-failures.ts';

/** Reasons are read on one line of a terminal, and kept in a document of limited size. */
const MAX_LENGTH = 80;

/** A rate, 0 to 1, as an operator writes it. */
export function percent(rate: number): string {
  const value = rate * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}

export function describeFailures({ failures, decided, rate }: Pick<FailureVerdict, 'failures' | 'decided' | 'rate'>): string {
  return `${failures} of ${decided} calls failed (${percent(rate)})`;
}

export function describeDuration(milliseconds: number): string {
  return milliseconds < 10_000 ? `${(milliseconds / 1_000).toFixed(1)} s` : `${Math.round(milliseconds / 1_000)} s`;
}

/** Text cut to what a reason may be. */
export function toReason(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
}
