import { isStale } from '../plan/overlay-shares.ts';
import type { AnswerInput } from './answer-input.ts';
import { tenantSlot } from './tenant-slot.ts';

/**
 * True when the fleet saw the requests of this tenant's slot fail ambiguously everywhere, and those of nearly all others answered.
 * A slot has many tenants, and a tenant many requests, most of which may be good: suspicion alone ends none. What it changes:
 * - a request on a queue stops at its first strike, and waits, instead of looking at a second target;
 * - it is tried again where its failure will tell something, and then one strike held against it is enough (see `Strikes`);
 * - no second call runs beside its first;
 * - what it meets ambiguously says nothing of its targets: not to the local breaker, and not about other requests.
 *
 * So poison costs two attempts, and a request that is answered where it is first asked is treated as everybody's.
 *
 * **When an outage begins while a slot is suspect**, its requests strike as all do that hang. None of them ends for that: a strike counts only
 * after the same target answered others since the request's last one, which no target does in its outage. They wait, and are tried
 * again, when a target answers others here, or else once a minute. The price is paid by a request of the slot that hangs in an outage of one target: it
 * goes on to another one after a wait of some seconds, not at once. The fleet withdraws the suspicion when a tenth of the others fail as well; if it
 * cannot, because it is away, nothing of this rests on its word being fresh.
 */
export function isSuspectTenant({ overlay, features }: Pick<AnswerInput, 'overlay' | 'features'>, now: number): boolean {
  const slots = overlay?.suspectSlots;
  if (!slots || slots.length === 0 || isStale(overlay, now)) return false;
  return slots.includes(tenantSlot(features.tenant));
}
