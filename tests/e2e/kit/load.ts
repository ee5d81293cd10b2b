import { setTimeout as sleep } from 'node:timers/promises';
import type { InferenceRequest, InferenceResult, StackFile } from '@signalbox/contracts';
import { type Producer, question } from './producer.ts';

export type Load = {
  /** Ends the sending; resolves with the results of all that was sent. */
  finish: (withinMs?: number) => Promise<InferenceResult[]>;
};

type LoadOptions = { perSecond: number; queue?: keyof StackFile['queues']; more?: Partial<InferenceRequest> };

/** Sends small requests at a steady rate until it is told to finish. */
export function startLoad(producer: Producer, { perSecond, queue = 'standard', more = {} }: LoadOptions): Load {
  const ids: string[] = [];
  let isRunning = true;
  const sending = (async () => {
    for (let count = 0; isRunning; count++) {
      const request = question(`Question ${count}`, more);
      ids.push(request.id ?? '');
      await producer.send(request, { queue });
      await sleep(1_000 / perSecond);
    }
  })();
  return {
    async finish(withinMs = 60_000) {
      isRunning = false;
      await sending;
      return producer.waitForAll(ids, withinMs);
    },
  };
}
