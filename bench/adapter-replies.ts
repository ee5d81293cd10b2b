import type { CallModel, ModelReply, RoutingTarget } from '@signalbox/contracts';
import { createModelCaller } from '@signalbox/models';
import { FAULTS, type FaultName, startFaultyModels } from './faulty-models.ts';
import { messages } from './sample-conversation.ts';
import { setEnvironment } from './set-environment.ts';

export type AdapterReplies = Readonly<Record<FaultName | 'healthy', ModelReply>>;

/** What the Bedrock adapter makes of each fault, asked once over HTTP: the world in virtual time goes by it. */
export async function askAdapter(target: RoutingTarget): Promise<AdapterReplies> {
  return withFaultyModels(async ({ models, callModel }) => {
    const ask = async (fault: FaultName | undefined) => {
      models.set(target.modelId, fault);
      const limits = { totalMs: 5_000, firstTokenMs: fault === 'blackHole' ? 300 : 5_000, idleMs: 5_000 };
      return callModel({
        target,
        content: { messages },
        inferenceConfig: { maxTokens: 300 },
        limits,
        signal: new AbortController().signal,
      });
    };
    const healthy = await ask(undefined);
    if (healthy.outcome !== 'succeeded') throw new Error(`a model without a fault gave ${JSON.stringify(healthy)}`);
    const replies: [string, ModelReply][] = [['healthy', healthy]];
    for (const fault of FAULTS) replies.push([fault, await ask(fault)]);
    const answered = replies.find(([name, { outcome }]) => name !== 'healthy' && outcome === 'succeeded');
    if (answered) throw new Error(`a model with the fault ${answered[0]} answered`);
    return Object.fromEntries(replies) as AdapterReplies;
  });
}

/** Models with faults over HTTP, and the adapter that calls them. */
export async function withFaultyModels<Result>(
  work: (parts: { models: Awaited<ReturnType<typeof startFaultyModels>>; callModel: CallModel }) => Promise<Result>,
): Promise<Result> {
  const models = await startFaultyModels();
  const restore = setEnvironment({ AWS_ENDPOINT_URL_BEDROCK_RUNTIME: models.url });
  try {
    const credentials = { accessKeyId: 'AKIABENCHBENCHBENCH0', secretAccessKey: 'bench' };
    return await work({ models, callModel: createModelCaller({ credentials }) });
  } finally {
    restore();
    await models.stop();
  }
}
