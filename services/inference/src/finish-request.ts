import type { StoredOutput } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Lane, Ports, StashedEnding } from './ports.ts';

/** Answers up to this many bytes stand in the table's item. */
const MAX_ITEM_OUTPUT_BYTES = 16 * 1024;
/** When S3 cannot be reached an answer up to this may still stand in the item, whose limit is 400 KB. */
const MAX_RESCUED_OUTPUT_BYTES = 300 * 1024;
const RETRY_MS = 1_000;
const TRIES_WITH_STASH = 3;
/** A write that hangs, with the SDK's own retries. */
const LONGEST_TRY_MS = 7_000;

export type Finished =
  | { kind: 'finished'; output: { output?: string; outputKey?: string } }
  | { kind: 'superseded' }
  /** The table could not be reached; `answerKey` says where the ending waits, if it could be kept. */
  | { kind: 'unrecorded'; answerKey?: string };

type Finishing = { ports: Ports; lane: Lane; fence: string; ending: StashedEnding };
type Where = { tenant: string; id: string; fence: string };

/**
 * Records an ending on its fence. An answer that was paid for is not given up lightly: after the first failed try it is kept in S3, and after
 * three the request waits with its key; while S3 cannot be reached either, it is tried for as long as the invocation lasts.
 */
export async function finishRequest({ ports, lane, fence, ending }: Finishing): Promise<Finished> {
  const where = { tenant: ending.record.tenant, id: ending.record.id, fence };
  let output: StoredOutput | undefined;
  let answerKey: string | undefined;
  let tries = 0;
  do {
    try {
      output ??= await storeOutput(ports, where, ending.outputJson);
      const kind = await ports.store.finish({ fence, record: ending.record, ...(output ? { output } : {}) });
      return kind === 'superseded' ? { kind } : { kind, output: viewOf(output) };
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      ports.note('warn', 'An ending could not be recorded yet', { id: where.id, error: error.message });
      answerKey ??= await stash(ports, where, ending);
      tries++;
      await ports.sleep(RETRY_MS * (0.5 + ports.random()));
    }
  } while (ports.now() + LONGEST_TRY_MS < lane.recordsEndAt && !(answerKey && tries >= TRIES_WITH_STASH));
  if (answerKey) return { kind: 'unrecorded', answerKey };
  ports.note('error', 'An answer is lost: neither the table nor S3 could be reached. The request waits and will be asked again.', {
    id: where.id,
  });
  return { kind: 'unrecorded' };
}

/** The key of the kept ending; undefined while S3 cannot be reached either, which the caller tells. */
async function stash(ports: Ports, where: Where, ending: StashedEnding): Promise<string | undefined> {
  try {
    return await ports.outputs.stash(where, ending);
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}

async function storeOutput(ports: Ports, where: Where, json: string | undefined): Promise<StoredOutput | undefined> {
  if (json === undefined) return undefined;
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
