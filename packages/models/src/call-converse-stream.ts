import { type BedrockRuntimeClient, ConverseStreamCommand, type ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { ModelFailure, ModelReply, Usage } from '@signalbox/contracts';
import { estimateUsage } from './estimate-usage.ts';
import { judgeAnswer } from './judge-answer.ts';
import { makeFailure } from './make-failure.ts';
import { mapBedrockError } from './map-bedrock-error.ts';
import {
  addStreamEvent,
  assembleMessage,
  countCharacters,
  createStreamAssembly,
  hasContent,
  type StreamAssembly,
} from './stream-assembly.ts';
import { StreamContentError } from './stream-blocks.ts';
import { type BedrockCall, toConverseInput } from './to-converse-input.ts';
import type { CallWatch } from './watch-call.ts';

/** A streamed call under way: what of it is known at any moment. */
export type StreamProgress = {
  /** `open` from the reply's headers on, `answering` from the first event on: then the input has been read, and costs. */
  phase: 'waiting' | 'open' | 'answering';
  assembly: StreamAssembly;
  /** On the clock of `performance.now()`. */
  startedAt: number;
  firstTokenMs?: number;
};

type StreamedCall = { client: BedrockRuntimeClient; call: BedrockCall; watch: CallWatch; progress: StreamProgress };

export function createStreamProgress(startedAt: number): StreamProgress {
  return { phase: 'waiting', assembly: createStreamAssembly(), startedAt };
}

/** One answer, streamed from the provider and assembled into what Converse would have given. Never rejects. */
export async function callConverseStream(streamed: StreamedCall): Promise<ModelReply> {
  const { call, progress } = streamed;
  try {
    await readStream(streamed);
  } catch (error) {
    // After its stop reason the answer is whole; an error then only kept the bill from arriving.
    if (!progress.assembly.isComplete) return failStream({ call, progress, error });
  }
  return concludeStream({ call, progress });
}

/** What a stream has come to when nothing more will come of it. */
export function concludeStream({ call, progress }: { call: BedrockCall; progress: StreamProgress }): ModelReply {
  const { assembly, firstTokenMs } = progress;
  const usage = spentUsage({ call, progress });
  if (!assembly.isComplete) return makeFailure({ outcome: 'malformed', error: 'CutStream', usage, firstTokenMs });
  try {
    return judgeAnswer({ message: assembleMessage(assembly), stopReason: assembly.stopReason, usage, firstTokenMs });
  } catch (error) {
    return failStream({ call, progress, error });
  }
}

/** The provider's count, else an estimate once the model has begun to answer. */
export function spentUsage({ call, progress: { assembly, phase } }: { call: BedrockCall; progress: StreamProgress }): Usage | undefined {
  if (assembly.usage) return assembly.usage;
  return phase === 'answering' ? estimateUsage(call.content, countCharacters(assembly)) : undefined;
}

async function readStream({ client, call, watch, progress }: StreamedCall): Promise<void> {
  const { stream } = await client.send(new ConverseStreamCommand(toConverseInput(call)), { abortSignal: watch.signal });
  progress.phase = 'open';
  for await (const event of stream ?? []) {
    if (watch.cause()) return;
    noteEvent({ event, call, watch, progress });
    addStreamEvent(progress.assembly, event);
  }
}

type SeenEvent = Omit<StreamedCall, 'client'> & { event: ConverseStreamOutput };

function noteEvent({ event, call, watch, progress }: SeenEvent): void {
  const isContent = hasContent(event);
  const isFirstToken = isContent && progress.firstTokenMs === undefined;
  progress.phase = 'answering';
  if (isFirstToken) progress.firstTokenMs = Math.round(performance.now() - progress.startedAt);
  watch.sawEvent(isContent);
  if (isFirstToken) call.onFirstToken?.();
}

function failStream({ call, progress, error }: { call: BedrockCall; progress: StreamProgress; error: unknown }): ModelFailure {
  const spent = { usage: spentUsage({ call, progress }), firstTokenMs: progress.firstTokenMs };
  if (error instanceof StreamContentError) return makeFailure({ outcome: 'malformed', error: 'UnparseableAnswer', ...spent });
  const { message: _rewritten, ...mapped } = mapBedrockError({ error, now: Date.now(), hasBegun: progress.phase !== 'waiting' });
  return makeFailure({ ...mapped, error: mapped.error === 'CutAnswer' ? 'CutStream' : mapped.error, ...spent });
}
