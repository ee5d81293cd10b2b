/** A format that is made when it is first used: making one takes milliseconds, and most processes explain nothing. */
function lazyFormat(options: Intl.NumberFormatOptions): (value: number) => string {
  let format: Intl.NumberFormat | undefined;
  return (value) => {
    format ??= new Intl.NumberFormat('en-US', options);
    return format.format(value);
  };
}

const cents = lazyFormat({ style: 'currency', currency: 'USD' });
const fractions = lazyFormat({ style: 'currency', currency: 'USD', minimumSignificantDigits: 2, maximumSignificantDigits: 3 });
const rounded = lazyFormat({ maximumSignificantDigits: 3 });
const percent = lazyFormat({ style: 'percent', maximumSignificantDigits: 3 });
const whole = lazyFormat({ maximumFractionDigits: 0 });

/** `$14.26`; below a dollar `$0.00123`, two or three digits however small. */
export function formatUsd(usd: number): string {
  return usd === 0 || usd >= 1 ? cents(usd) : fractions(usd);
}

/** `0.333`, `14`: three digits. */
export function formatNumber(value: number): string {
  return rounded(value);
}

/** `33.3 %` of a fraction. */
export function formatPercent(fraction: number): string {
  return percent(fraction).replace('%', ' %');
}

/** `250,000`. */
export function formatTokens(tokens: number): string {
  return whole(tokens);
}

/** `14:03 UTC`, with the day before it when that is not the day of `now`. */
export function formatTime(at: number, now: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  const isToday = new Date(now).toISOString().startsWith(day);
  return `${isToday ? '' : `${day} `}${time.slice(0, 5)} UTC`;
}
