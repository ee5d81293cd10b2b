import { setTimeout as sleep } from 'node:timers/promises';
import { type InferenceRequest, type InferenceResult, isTerminal } from '@signalbox/contracts';
import type { Tenant } from './tenants.ts';

/** A result and when its request was sent, milliseconds since the epoch. */
export type Answered = InferenceResult & { sentAt: number };

/** Sends until it is ended; then waits for all results, in the order of the requests. */
export type Sender = { end: (withinMs?: number) => Promise<Answered[]> };

type SenderOptions = { everyMs: number; next: (count: number) => InferenceRequest };

type Sent = { id: string; sentAt: number; tenant: Tenant };

/** How long a sender may go on after it was ended. */
const STEP_MS = 250;

/** Sends a request every so often, for one tenant after the other. */
export function startSender(tenants: readonly Tenant[], { everyMs, next }: SenderOptions): Sender {
  const sent: Sent[] = [];
  let isRunning = true;
  const sending = (async () => {
    for (let count = 0; isRunning; count++) {
      const tenant = tenants[count % tenants.length] as Tenant;
      const request = { ...next(count), tenant: tenant.name };
      sent.push({ id: request.id ?? '', sentAt: Date.now(), tenant });
      await tenant.producer.send(request);
      for (let waited = 0; isRunning && waited < everyMs; waited += STEP_MS) await sleep(Math.min(STEP_MS, everyMs));
    }
  })();
  return {
    async end(withinMs = 120_000) {
      isRunning = false;
      await sending;
      const endsAt = Date.now() + withinMs;
      const byTenant = [...Map.groupBy(sent, ({ tenant }) => tenant).values()];
      const answers = await Promise.all(byTenant.map((own) => readAll(own, endsAt)));
      return answers.flat().toSorted((one, other) => one.sentAt - other.sentAt);
    },
  };
}

/** What has not ended in time is given as it stands: its status tells. */
async function readAll(sent: readonly Sent[], endsAt: number): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (const { id, sentAt, tenant } of sent) {
    let result = await tenant.producer.result(id);
    while (!(result && isTerminal(result.status)) && Date.now() < endsAt) {
      await sleep(100);
      result = await tenant.producer.result(id);
    }
    if (!result) throw new Error(`${id} of ${tenant.name} is not known at all`);
    answers.push({ ...result, sentAt });
  }
  return answers;
}
