/** A process of its own that spends one tenant's limits, at its parent's word; see sandboxes.test.ts. */
import { UnavailableError } from '@signalbox/runtime/errors';
import { createLimiter } from '../create-limiter.ts';
import type { Limited } from '../describe-limit.ts';
import type { Granted, Reservation } from '../reservation.ts';
import { createLimitsStore } from '../store/create-limits-store.ts';

/** `reserve`: as often as it is granted, `most` times at most. `settle`: all that is under way, each with that cost. */
export type SandboxOrder = { do: 'reserve'; most: number; ask: Reservation } | { do: 'settle'; usd: number };
/** How many were granted or settled, and whether a refusal ended it. */
export type SandboxReply = { count: number; isLimited: boolean } | { error: string };

const onError = (error: unknown) => void process.stderr.write(`${String(error)}\n`);
const limiter = createLimiter({ store: createLimitsStore({ tableName: process.env.LIMITS_TABLE ?? '', onError }), onError });
const underWay: Granted[] = [];

async function obey(order: SandboxOrder): Promise<SandboxReply> {
  if (order.do === 'settle') {
    const settled = underWay.splice(0);
    for (const granted of settled) granted.settle({ tokens: null, usd: order.usd });
    await limiter.flush();
    return { count: settled.length, isLimited: false };
  }
  for (let count = 0; count < order.most; count++) {
    const reserved = await reserve(order.ask);
    if (reserved.kind === 'limited') return { count, isLimited: true };
    underWay.push(reserved);
  }
  return { count: order.most, isLimited: false };
}

/** As a caller does: while the store is busy, once more. */
async function reserve(ask: Reservation, tries = 10): Promise<Granted | Limited> {
  try {
    return await limiter.reserve(ask);
  } catch (error) {
    if (!(error instanceof UnavailableError) || tries === 1) throw error;
    return reserve(ask, tries - 1);
  }
}

process.on('message', (order: SandboxOrder) => {
  obey(order).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ error: String(error) } satisfies SandboxReply),
  );
});
