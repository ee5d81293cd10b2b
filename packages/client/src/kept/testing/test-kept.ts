import type { HeldMessage, KeptMessage, KeptStore } from '../kept-message.ts';
import { requestIdOf } from '../kept-message.ts';

const ORIGIN = '0f6ae2c1-5b5c-4d3a-9d3e-0d6c1c8f7a10';

/** A message whose request is fine, but for what is given. */
export function testKept(request: unknown = {}, own: Partial<KeptMessage> = {}): KeptMessage {
  const fine = { schemaVersion: '1.0', messages: [{ role: 'user', content: [{ text: 'a' }] }] };
  const body = typeof request === 'string' ? request : JSON.stringify({ ...fine, ...(request as object) });
  const origin = own.origin ?? ORIGIN;
  return {
    ...{ origin, body, requestId: requestIdOf(body) ?? origin, reason: 'malformed', priority: 'bulk' },
    ...{ acceptedAt: new Date(0), where: 'https://q/rejected', facts: {} },
    ...own,
  };
}

/** A place of messages in memory; `takes` two at a time. */
export function createTestStore(messages: readonly KeptMessage[]) {
  const lying = [...messages];
  const store: KeptStore = {
    count: async () => lying.length,
    async *walk({ limit, signal }) {
      const all = lying.slice(0, limit);
      for (let at = 0; at < all.length && !signal.aborted; at += 2) yield all.slice(at, at + 2).map(hold);
    },
  };
  const hold = (message: KeptMessage): HeldMessage => ({
    ...message,
    remove: async () => {
      lying.splice(lying.indexOf(message), 1);
    },
  });
  return { store, left: () => lying.map(({ origin }) => origin), add: (message: KeptMessage) => void lying.push(message) };
}
