import type { Priority } from '@signalbox/contracts';

/** Even bulk keeps as much of a target that throttles, so that it goes on where nothing more urgent comes. */
const LEAST_SHARE = 0.05;

/**
 * The share of a throttled target by priority: what its quota does not bear is taken from bulk first. Interactive keeps all down to a share of
 * a half and twice the share below, bulk loses twice as much as is to be lost, standard and what has no priority stay at the share. Of equal
 * parts of each as much is kept as without; of other mixtures more or less, until throttling tells and the share moves.
 *
 * Each queue has processes of its own that do not see each other: by this they give way to each other all the same, each at its own 429s.
 */
export function shareForPriority(share: number, priority: Priority | undefined): number {
  if (share >= 1 || priority === undefined || priority === 'standard') return share;
  return priority === 'interactive' ? Math.min(1, 2 * share) : Math.max(Math.min(share, LEAST_SHARE), 2 * share - 1);
}
