const PERCENTAGE = /^(\d{1,3}(?:\.\d+)?)%$/;

/** True for a share of more than nothing and at most everything: `5%` or `0.05`. */
export function isShare(value: unknown): boolean {
  const share = toShare(value);
  return share > 0 && share <= 1;
}

/** The share as a number from 0 to 1; callers have checked it with `isShare`. */
export function parseShare(value: unknown): number {
  if (!isShare(value)) throw new TypeError(`"${String(value)}" is not a share`);
  return toShare(value);
}

/** True for a rate, which unlike a share may be nothing: `0%`, `5%` or `0.05`. */
export function isRate(value: unknown): boolean {
  return isShare(value) || toShare(value) === 0;
}

/** The rate as a number from 0 to 1; callers have checked it with `isRate`. */
export function parseRate(value: unknown): number {
  if (!isRate(value)) throw new TypeError(`"${String(value)}" is not a rate`);
  return toShare(value);
}

function toShare(value: unknown): number {
  if (typeof value === 'number') return value;
  const [, percent] = (typeof value === 'string' && PERCENTAGE.exec(value)) || [];
  return percent === undefined ? Number.NaN : Number(percent) / 100;
}
