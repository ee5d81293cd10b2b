import { WITNESS_SLOTS } from '@signalbox/contracts';

/** Where nobody can tell whose requests they were: of a worker that does not say it. Such failures are as many witnesses as they are. */
export const UNKNOWN_WITNESSES = -1;

/** The bits of slots. */
export function toWitnesses(slots: Iterable<number>): number {
  let bits = 0;
  for (const slot of slots) bits |= 1 << slot;
  return bits;
}

/** The slots of bits, ascending. */
export function slotsOfWitnesses(bits: number): number[] {
  return Array.from({ length: WITNESS_SLOTS }, (_, slot) => slot).filter((slot) => (bits & (1 << slot)) !== 0);
}

/** How many different requests there are at least: two may share a slot, and one never has two. */
export function countWitnesses(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
