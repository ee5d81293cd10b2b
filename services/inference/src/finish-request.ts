import type { StoredOutput } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Lane, Ports, StashedEnding } from './ports.ts';

/** Answers up to this many bytes stand in the table's item. */
const MAX_ITEM_OUTPUT_BYTES = 16 * 1024;
/** When S3 cannot be reached an answer up to this may still stand in the item, whose limit is 400 KB. */
const MAX_RESCUED_OUTPUT_BYTES = 300 * 1024;
const RETRY_MS = 1_000;

export type Finished =
  | { kind: 'finished'; output: { output?: string; outputKey?: string } }
  | { kind: 'superseded' }
  /** The table could not be reached; `answerKey` says where the ending waits, if it could be kept. */
  | { kind: 'unrecorded'; answerKey?: string };

/** Records an ending on its fence. An answer that was paid for is not given up lightly: retried while there is time, then kept in S3 for the next receive. */
export async function finishRequest({
  ports,
  lane,
  fence,
  ending,
}: {
  ports: Ports;
  lane: Lane;
  fence: string;
  ending: StashedEnding;
}): Promise<Finished> {
  const where = { tenant: ending.record.tenant, id: ending.record.id, fence };
  const output = ending.outputJson === undefined ? undefined : await storeOutput(ports, where, ending.outputJson);
  do {
    try {
      const kind = await ports.store.finish({ fence, record: ending.record, ...(output ? { output } : {}) });
      return kind === 'superseded' ? { kind } : { kind, output: viewOf(output) };
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      ports.note('warn', 'An ending could not be recorded yet', { id: where.id, error: error.message });
      await ports.sleep(RETRY_MS * (0.5 + ports.random()));
    }
  } while (ports.now() < lane.recordsEndAt);
  return keepForLater(ports, where, ending);
}

async function keepForLater(ports: Ports, where: { tenant: string; id: string; fence: string }, ending: StashedEnding): Promise<Finished> {
  try {
    return { kind: 'unrecorded', answerKey: await ports.outputs.stash(where, ending) };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    ports.note('error', 'An answer is lost: neither the table nor S3 could be reached. The request waits and will be asked again.', {
      id: where.id,
    });
    return { kind: 'unrecorded' };
  }
}

async function storeOutput(ports: Ports, where: { tenant: string; id: string; fence: string }, json: string): Promise<StoredOutput> {
  const bytes = Buffer.byteLength(json);
  if (bytes <= MAX_ITEM_OUTPUT_BYTES) return { json };
  try {
    return await ports.outputs.put(where, json);
  } catch (error) {
    if (!(error instanceof UnavailableError) || bytes > MAX_RESCUED_OUTPUT_BYTES) throw error;
    ports.note('warn', 'S3 could not be reached; the answer stands in the item instead', { id: where.id, bytes });
    return { json };
  }
}

function viewOf(output: StoredOutput | undefined): { output?: string; outputKey?: string } {
  if (!output) return {};
  return 'json' in output ? { output: output.json } : { outputKey: output.key };
}
