import type { InferenceContent } from '@signalbox/contracts';
import { readFeatures } from '@signalbox/routing';
import { exponential, type Random } from './random.ts';
import type { Scenario } from './scenarios.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Message } from './worker-fleet.ts';

type Options = { time: VirtualTime; start: number; scenario: Scenario; random: Random; send: (message: Message) => void };
type Sender = Pick<Message, 'tenant' | 'content' | 'features'>;

/** How long a producer waits for an answer. */
export const DEADLINE_MS = 120_000;
const TENANTS = 40;

/** Producers: requests at random moments, so many a second on average, of forty tenants and the loud one, if there is one. */
export function sendRequests({ time, start, scenario, random, send }: Options): void {
  const { requestsPerSecond, seconds, loudTenant } = scenario;
  const senders = new Map<string, Sender>();
  const senderOf = (tenant: string): Sender => {
    const known = senders.get(tenant) ?? makeSender(tenant);
    senders.set(tenant, known);
    return known;
  };
  const sendAt = (second: number, number: number) => {
    if (second >= seconds) return;
    time.at(start + second * 1_000, () => {
      const tenant = loudTenant && random() < loudTenant.share ? loudTenant.name : `tenant-${Math.floor(random() * TENANTS)}`;
      const sentAt = time.now();
      const { content, features } = senderOf(tenant);
      const sent = { id: `r${number}`, tenant, content, features, sentAt, deadline: sentAt + DEADLINE_MS };
      send({ ...sent, deferrals: 0, briefDeferrals: 0, attempts: 0, strikes: undefined });
      sendAt(second + exponential(random, 1 / requestsPerSecond), number + 1);
    });
  };
  sendAt(0, 0);
}

/** Who asks, by the content of a request; undefined for a probe. */
export function tenantOf({ messages = [] }: InferenceContent): string | undefined {
  return (messages[0]?.content[0] as { text?: string } | undefined)?.text;
}

/** The prompt says who asks: models that trouble one tenant only must know it. */
function makeSender(tenant: string): Sender {
  const content: InferenceContent = { messages: [{ role: 'user', content: [{ text: tenant }] }] };
  return { tenant, content, features: readFeatures({ content, tenant }) };
}
