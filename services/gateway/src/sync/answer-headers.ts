import type { ServedBy } from '@signalbox/contracts';

type Told = {
  id: string;
  tableVersion: string;
  /** Calls made so far. */
  attempts: number;
  servedBy?: ServedBy | undefined;
  /** The class that the answer is not of. */
  degradedFrom?: string | undefined;
};

/** What names who answered; only names of the policy and of the catalogue stand in them, nothing of a caller. */
export function answerHeaders({ id, tableVersion, attempts, servedBy, degradedFrom }: Told): Record<string, string> {
  return {
    'x-signalbox-request-id': id,
    // Where the clients of OpenAI's API look.
    'x-request-id': id,
    'x-signalbox-table-version': tableVersion,
    'x-signalbox-attempts': String(attempts),
    ...(servedBy && { 'x-signalbox-target': servedBy.target, 'x-signalbox-model': servedBy.model }),
    ...(degradedFrom !== undefined && { 'x-signalbox-degraded': degradedFrom }),
  };
}
