import type { CallLimits, ModelCall } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import { createModelCaller } from '@signalbox/models';
import { inferenceConfig, messages } from '../sample-conversation.ts';
import type { Variant } from './variant.ts';

/** Calls side by side through our own adapter; with a limit on the first token they are streamed. */
export function bedrockCaller(limits: CallLimits): Variant<ModelCall[]> {
  const callModel = createModelCaller();
  const [target] = Object.values(routingTable.targets);
  if (!target) throw new Error('the sample routing table has no target');
  return {
    prepare: (requests) =>
      Array.from({ length: requests }, () => ({
        target,
        content: { messages },
        inferenceConfig,
        limits,
        signal: new AbortController().signal,
      })),
    run: async (calls) => {
      const replies = await Promise.all(calls.map((call) => callModel(call)));
      const failed = replies.find(({ outcome }) => outcome !== 'succeeded');
      if (failed) throw new Error(`a model call ended as ${JSON.stringify(failed)}`);
    },
  };
}
