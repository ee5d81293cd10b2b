/** What stands where nobody has stated a figure: never 0 for that. */
export const UNKNOWN = '–';

const prices = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 });
const smallCosts = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const counts = new Intl.NumberFormat('en-US');
const percents = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });

type Figure = number | null | undefined;

/** A price as it is stated: `$3.00`, `$1.375`. */
export function formatPrice(dollars: Figure): string {
  return dollars === null || dollars === undefined ? UNKNOWN : `$${prices.format(dollars)}`;
}

/** What something costs, to three digits where that is a fraction of a cent: `$1.20`, `$0.0000342`. */
export function formatCost(dollars: Figure): string {
  if (dollars === null || dollars === undefined) return UNKNOWN;
  const isSmall = dollars !== 0 && Math.abs(dollars) < 0.1;
  return `$${isSmall ? smallCosts.format(dollars) : dollars.toFixed(2)}`;
}

export function formatCount(count: Figure): string {
  return count === null || count === undefined ? UNKNOWN : counts.format(count);
}

/** `75 %`; a share that is there but rounds to nothing is `< 0.1 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return percents.format(share).replace('%', ' %');
}

/** `1 problem`, `3 problems`. */
export function formatAmount(count: number, one: string, many = `${one}s`): string {
  return `${counts.format(count)} ${count === 1 ? one : many}`;
}

/** `2 days`, `5 minutes`: a time in its largest unit. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1_000);
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ] as const;
  const unit = units.find(([, length]) => seconds >= length);
  return unit ? formatAmount(Math.floor(seconds / unit[1]), unit[0]) : 'less than a second';
}

const compacts = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** For columns: `300K`, `1M`. */
export function formatCompact(count: Figure): string {
  return count === null || count === undefined ? UNKNOWN : compacts.format(count);
}
