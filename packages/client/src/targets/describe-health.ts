import type { TargetList } from '@signalbox/contracts';
import { formatAge } from '../output/format-figures.ts';

type HealthInput = Pick<TargetList, 'health'> & { problem?: string | undefined; now: number };

/** What must be known to read what is said of the targets; undefined when requests go by it. */
export function describeHealth({ health, problem, now }: HealthInput): string | undefined {
  switch (health.kind) {
    case 'current':
      return undefined;
    case 'stale':
      return `Fleet health was last renewed ${formatAge(now - Date.parse(health.publishedAt))} ago, so nobody goes by it: every target gets its traffic. Look at the log of the controller.`;
    case 'absent':
      return 'No fleet health was published yet, which is so until something is wrong: every target is taken as well.';
    case 'unreachable':
      return `Fleet health could not be read${problem === undefined ? '' : `: ${problem}`}. Requests go by what was read last.`;
  }
}
