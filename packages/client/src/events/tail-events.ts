import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { formatEvent } from './format-event.ts';
import { readBusEvent } from './read-bus-event.ts';
import type { BusTail } from './tail-bus.ts';

type Tailing = {
  tail: Pick<BusTail, 'receive' | 'touch'>;
  json: boolean;
  /** Ends after so many. */
  count: number | undefined;
  output: Output;
  signal: AbortSignal;
  now: () => number;
};

const TOUCH_EVERY_MS = 600_000;
/** An event comes at least once; a second one is not shown as long as the first is remembered. */
const REMEMBERED = 10_000;

/** Prints events as they come, until it is stopped or has printed as many as were asked for. */
export async function tailEvents({ tail, json, count = Number.POSITIVE_INFINITY, output, signal, now }: Tailing): Promise<ExitCode> {
  const seen = new Set<string>();
  let touchedAt = now();
  for (let printed = 0; printed < count && !signal.aborted; ) {
    for (const body of await tail.receive(signal)) {
      const event = readBusEvent(body);
      if (event === undefined) output.note('An event without the envelope of Signalbox came, and is not shown.');
      if (event === undefined || printed >= count || isRepeated(seen, event.metadata.id)) continue;
      output.print(json ? JSON.stringify(event.whole) : formatEvent(event, { isTerminal: output.columns !== undefined }));
      printed += 1;
    }
    if (now() - touchedAt < TOUCH_EVERY_MS) continue;
    await tail.touch();
    touchedAt = now();
  }
  return EXIT_CODE.ok;
}

function isRepeated(seen: Set<string>, id: string): boolean {
  if (seen.has(id)) return true;
  seen.add(id);
  const [oldest] = seen;
  if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
  return false;
}
