import { type Exchange, sendJson } from './exchange.ts';
import type { FaultHit } from './fault-store.ts';
import { untilAborted } from './until-aborted.ts';

type Input = { exchange: Exchange; body: unknown; headers?: Record<string, string>; hit: FaultHit | undefined };

/** Answers in one piece; a fault that breaks streams breaks this body in its middle. */
export async function sendWhole({ exchange, body, headers = {}, hit }: Input): Promise<void> {
  const kind = hit?.fault.kind;
  if (!hit || (kind !== 'cut-stream' && kind !== 'stall-stream' && kind !== 'malformed')) return sendJson(exchange, body, { headers });
  const bytes = Buffer.from(JSON.stringify(body));
  const half = bytes.subarray(0, bytes.length / 2);
  const isEnded = kind === 'malformed' || hit.fault.how === 'end';
  const length = isEnded ? half.length : bytes.length;
  exchange.head(200, { 'content-type': 'application/json', 'content-length': String(length), ...headers });
  await exchange.write(half);
  if (isEnded) return exchange.end();
  if (kind === 'stall-stream') await untilAborted(exchange.signal, hit.ended);
  exchange.destroy();
}
