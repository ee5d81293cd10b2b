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

function toShare(value: unknown): number {
  if (typeof value === 'number') return value;
  const [, percent] = (typeof value === 'string' && PERCENTAGE.exec(value)) || [];
  return percent === undefined ? Number.NaN : Number(percent) / 100;
}
