import { join } from 'node:path';
import { ask, end, nextMessage } from './child-messages.ts';
import type { Spent, Work } from './device.ts';
import { DEVICE_CPU, startPinned } from './placement.ts';

export type Device = {
  /** Runs the work; microseconds of CPU, user and system, per request. */
  cpuUsPerRequest: (work: Work) => Promise<number>;
  stop: () => Promise<void>;
};

/** Starts one variant in a process of its own; `file` exports what variants/variant.ts says. */
export async function startDevice(file: string, env: Record<string, string>): Promise<Device> {
  const child = startPinned({ file: join(import.meta.dirname, 'device.ts'), args: [file], env, cpu: DEVICE_CPU });
  await nextMessage(child);
  return {
    async cpuUsPerRequest(work) {
      const spent = await ask<Spent>(child, work);
      if ('error' in spent) throw new Error(`${file}: ${spent.error}`);
      return spent.cpuUs / (work.batches * work.requestsPerBatch);
    },
    stop: () => end(child),
  };
}
