import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatAmount } from '../output/format-figures.ts';
import type { Output } from '../output/output.ts';
import { formatProblem } from '../send/format-problem.ts';
import { printableLine } from './printable.ts';
import type { Redriven } from './redrive-messages.ts';

/** Says what became of each message as it is known, and how it all ended. */
export function createRedriveReport({ output, json }: { output: Output; json: boolean }) {
  const counts = { sent: 0, left: 0 };
  return {
    tell(redriven: Redriven): void {
      counts[redriven.kind === 'sent' ? 'sent' : 'left'] += 1;
      if (json) {
        const { kind, ...rest } = redriven;
        output.print(JSON.stringify({ ...rest, outcome: kind }));
      } else if (redriven.kind === 'sent') output.print(describe(redriven));
      else output.note(describe(redriven));
    },
    end({ missing, more }: { missing: readonly string[]; more: number }): ExitCode {
      for (const name of missing) output.note(`${printableLine(name)}: none of that name was found`);
      if (counts.left > 0) output.note(`${formatAmount(counts.sent, 'message')} sent, ${counts.left} not.`);
      else if (counts.sent === 0 && missing.length === 0) output.note('Nothing to send.');
      if (more > 0) output.note(`About ${more} more lie there; --limit takes more.`);
      return counts.left > 0 || missing.length > 0 ? EXIT_CODE.failed : EXIT_CODE.ok;
    },
  };
}

function describe(redriven: Redriven): string {
  const name = printableLine(redriven.origin);
  switch (redriven.kind) {
    case 'sent':
      return `${name}: sent as ${redriven.id} (${redriven.priority})`;
    case 'not-removed':
      return `${name}: sent as ${redriven.id}, but it still lies there (${redriven.reason}). Redrive it again: it is answered once.`;
    case 'broken':
      return `${name}: not sent: ${redriven.problems.map(formatProblem).map(printableLine).join('; ')}`;
    case 'failed':
      return `${name}: not sent: ${redriven.reason}`;
    case 'again':
      return `${name}: not sent: its id ${printableLine(redriven.requestId)} was sent by this run; if this is another request, redrive it with --new-id`;
  }
}
