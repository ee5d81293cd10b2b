import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import type { Producer } from '../producer/create-producer.ts';
import type { KeptStore } from './kept-message.ts';
import type { RedriveRules } from './prepare-redrive.ts';
import { redriveMessages } from './redrive-messages.ts';
import { createRedriveReport } from './redrive-report.ts';

type Redriving = {
  store: KeptStore;
  producer: Pick<Producer, 'enqueue'>;
  rules: RedriveRules;
  /** Undefined for all. */
  ids: readonly string[] | undefined;
  limit: number;
  json: boolean;
  output: Output;
  signal: AbortSignal;
};

/** Sends kept messages again, one by one, and says what became of each. */
export async function redriveKept({ store, producer, rules, ids, limit, json, output, signal }: Redriving): Promise<ExitCode> {
  const before = await store.count();
  const report = createRedriveReport({ output, json });
  const { missing, looked } = await redriveMessages({ store, producer, rules, ids, limit, signal, tell: report.tell });
  const more = looked >= limit && (ids === undefined || missing.length > 0) ? Math.max(0, before - looked) : 0;
  const code = report.end({ missing: signal.aborted ? [] : missing, more });
  return signal.aborted ? EXIT_CODE.interrupted : code;
}
