import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { formatEvent } from './format-event.ts';
import { type BusEvent, readBusEvent } from './read-bus-event.ts';
import { createSeenEvents } from './seen-events.ts';
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

/** Prints events as they come, until it is stopped or has printed as many as were asked for. */
export async function tailEvents({ tail, json, count = Number.POSITIVE_INFINITY, output, signal, now }: Tailing): Promise<ExitCode> {
  const isRepeated = createSeenEvents();
  let touchedAt = now();
  for (let printed = 0; printed < count && !signal.aborted; ) {
    for (const event of inOrder(await tail.receive(signal), output)) {
      if (printed >= count || isRepeated(event.metadata.id)) continue;
      output.print(json ? JSON.stringify(event.whole) : formatEvent(event, { isTerminal: output.columns !== undefined }));
      printed += 1;
    }
    if (now() - touchedAt < TOUCH_EVERY_MS) continue;
    await tail.touch();
    touchedAt = now();
  }
  return EXIT_CODE.ok;
}

/** The bus promises no order: what comes together is told in the order in which it happened. */
function inOrder(bodies: readonly string[], output: Output): BusEvent[] {
  const events = bodies.flatMap((body) => readBusEvent(body) ?? []);
  if (events.length < bodies.length) output.note('An event without the envelope of Signalbox came, and is not shown.');
  return events.sort((one, other) => Date.parse(one.metadata.occurredAt) - Date.parse(other.metadata.occurredAt));
}
