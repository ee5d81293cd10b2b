import { type Delivery, toAttributes } from './delivery.ts';
import type { Lane, Ports } from './ports.ts';

/** Puts a delayed copy of the message on its own queue: delayed messages are not in flight, and their receives start at one. */
export async function parkMessage(
  ports: Ports,
  delivery: Delivery,
  lane: Lane,
  { delaySeconds, isBrief = false }: { delaySeconds: number; isBrief?: boolean },
): Promise<void> {
  const { deferrals, briefDeferrals } = delivery;
  const attributes = toAttributes({ ...delivery, deferrals: deferrals + 1, briefDeferrals: briefDeferrals + (isBrief ? 1 : 0) });
  const { body, groupId } = delivery;
  await ports.queues.resend({ queueUrl: lane.queueUrl, body, attributes, delaySeconds, ...(groupId ? { groupId } : {}) });
}
