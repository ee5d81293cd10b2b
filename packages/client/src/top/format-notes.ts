import { printableLine } from '../kept/printable.ts';
import { formatAge, formatAmount } from '../output/format-figures.ts';
import { describeHealth } from '../targets/describe-health.ts';
import { cutText } from './top-figures.ts';
import type { TopPicture } from './top-screen.ts';

/** Events that were under way for longer: what is shown is not what is. */
const LATE_MS = 10_000;

/** What must be known to read the figures, a line each. */
export function formatNotes({ view, screen }: TopPicture): string {
  const { health, at, lagMs, problems, traffic } = view;
  const isUsual = health.kind === 'absent';
  const notes = [
    ...(lagMs > LATE_MS ? [`Events come ${formatAge(lagMs)} late: what is shown was so then.`] : []),
    ...(traffic.unread > 0 ? [`Not counted: ${formatAmount(traffic.unread, 'event')} of another release that could not be read.`] : []),
    ...problems,
  ].map((note) => screen.style('yellow', toLine(note)));
  const healthNote = describeHealth({ health, now: at });
  if (healthNote !== undefined) notes.unshift(screen.style(isUsual ? 'dim' : 'yellow', toLine(healthNote)));
  return notes.join('\n');

  function toLine(note: string): string {
    return cutText(printableLine(note), screen.columns);
  }
}
