import { InvalidArgumentError } from 'commander';

/** An option's number above 0. */
export function toNumber(value: string): number {
  const number = Number(value);
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('must be a number above 0');
  return number;
}

/** An option's whole number above 0. */
export function toWhole(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return number;
}
