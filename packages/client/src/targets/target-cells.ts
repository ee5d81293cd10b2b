import type { TargetListing } from '@signalbox/contracts';
import { printableLine } from '../kept/printable.ts';
import { formatShare, UNKNOWN } from '../output/format-figures.ts';
import type { Format, Output } from '../output/output.ts';

const COLOURS: Readonly<Record<TargetListing['state'], Format>> = {
  closed: 'green',
  degraded: 'yellow',
  'half-open': 'yellow',
  open: 'red',
  misconfigured: 'red',
  unknown: 'dim',
};

/** `open`, or `open, by hand`. */
export function stateCell({ state, hold }: Pick<TargetListing, 'state' | 'hold'>, { style }: Pick<Output, 'style'>): string {
  return style(COLOURS[state], hold ? `${state}, by hand` : state);
}

export function shareCell({ share }: Pick<TargetListing, 'share'>, { style }: Pick<Output, 'style'>): string {
  const text = formatShare(share);
  return share === 1 ? text : style(share === 0 ? 'red' : 'yellow', text);
}

/** Why it is so; of a hold by hand also until when. */
export function reasonCell({ reason, hold }: Pick<TargetListing, 'reason' | 'hold'>, now: number): string {
  const words = printableLine(reason ?? UNKNOWN);
  return hold?.until === undefined ? words : `${words}; until ${formatTime(hold.until, now)}`;
}

/** `22:05`, with the day before it when that is not the day of `now`; in UTC. */
export function formatTime(at: string, now: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  const isToday = new Date(now).toISOString().startsWith(day);
  return `${isToday ? '' : `${day} `}${time.slice(0, 5)} UTC`;
}
