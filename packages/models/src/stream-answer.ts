import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { ModelCall, ModelFailure, ModelReply, Usage } from '@signalbox/contracts';
import { estimateUsage } from './estimate-usage.ts';
import { judgeAnswer } from './judge-answer.ts';
import { makeFailure } from './make-failure.ts';
import {
  addStreamEvent,
  assembleMessage,
  countCharacters,
  createStreamAssembly,
  hasContent,
  type StreamAssembly,
} from './stream-assembly.ts';
import { StreamContentError } from './stream-blocks.ts';
import { toDelta } from './to-delta.ts';
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

/** What a provider's stream gives, in the events of ConverseStream: adapters of other shapes translate into them. */
export type AnswerEvents = AsyncIterable<ConverseStreamOutput>;

export type StreamedCall = {
  call: ModelCall;
  watch: CallWatch;
  progress: StreamProgress;
  /** Asks the provider; resolves when its reply has begun with success. */
  open: () => Promise<AnswerEvents>;
  /** What an error of the provider or of the connection means. */
  mapError: (thrown: { error: unknown; hasBegun: boolean }) => ModelFailure;
};

/** The caller's own function could not take a piece of the answer. */
class ConsumerError extends Error {
  override name = 'ConsumerError';
}

export function createStreamProgress(startedAt: number): StreamProgress {
  return { phase: 'waiting', assembly: createStreamAssembly(), startedAt };
}

/** One answer, streamed from the provider, told piece by piece and assembled into what a whole reply would have given. Never rejects. */
export async function streamAnswer(streamed: StreamedCall): Promise<ModelReply> {
  const { call, progress } = streamed;
  try {
    await readStream(streamed);
  } catch (error) {
    // After its stop reason the answer is whole; an error then only kept the bill from arriving.
    if (!progress.assembly.isComplete) {
      streamed.watch.abandon();
      return failStream(streamed, error);
    }
  }
  return concludeStream({ call, progress });
}

/** What a stream has come to when nothing more will come of it. */
export function concludeStream({ call, progress }: { call: ModelCall; progress: StreamProgress }): ModelReply {
  const { assembly, firstTokenMs } = progress;
  const spent = { usage: spentUsage({ call, progress }), firstTokenMs };
  if (!assembly.isComplete) return makeFailure({ outcome: 'malformed', error: 'CutStream', ...spent });
  try {
    return judgeAnswer({ message: assembleMessage(assembly), stopReason: assembly.stopReason, ...spent });
  } catch {
    // What a provider sent cannot be put together: the answer is at fault, whatever the error says.
    return makeFailure({ outcome: 'malformed', error: 'UnparseableAnswer', ...spent });
  }
}

/** The provider's count, else an estimate once the model has begun to answer. */
export function spentUsage({ call, progress: { assembly, phase } }: { call: ModelCall; progress: StreamProgress }): Usage | undefined {
  if (assembly.usage) return assembly.usage;
  return phase === 'answering' ? estimateUsage(call.content, countCharacters(assembly)) : undefined;
}

async function readStream({ call, watch, progress, open }: StreamedCall): Promise<void> {
  const events = await open();
  progress.phase = 'open';
  for await (const event of events) {
    if (watch.cause()) return;
    noteEvent({ event, call, watch, progress });
    addStreamEvent(progress.assembly, event);
    if (call.onDelta) await tell({ event, onDelta: call.onDelta, watch });
  }
}

type SeenEvent = { event: ConverseStreamOutput; call: ModelCall; watch: CallWatch };

function noteEvent({ event, call, watch, progress }: SeenEvent & { progress: StreamProgress }): void {
  const isContent = hasContent(event);
  const isFirstToken = isContent && progress.firstTokenMs === undefined;
  progress.phase = 'answering';
  if (isFirstToken) progress.firstTokenMs = Math.round(performance.now() - progress.startedAt);
  watch.sawEvent(isContent);
  if (isFirstToken) call.onFirstToken?.();
}

type Telling = { event: ConverseStreamOutput; onDelta: NonNullable<ModelCall['onDelta']>; watch: CallWatch };

/** Hands a piece on, and reads no further until it was taken. */
async function tell({ event, onDelta, watch }: Telling): Promise<void> {
  const delta = toDelta(event);
  if (!delta) return;
  try {
    const taken = onDelta(delta);
    if (taken) await watch.whileTaken(taken);
  } catch (cause) {
    throw new ConsumerError('onDelta failed', { cause });
  }
}

function failStream({ call, progress, mapError }: StreamedCall, error: unknown): ModelFailure {
  const spent = { usage: spentUsage({ call, progress }), firstTokenMs: progress.firstTokenMs };
  if (error instanceof StreamContentError) return makeFailure({ outcome: 'malformed', error: 'UnparseableAnswer', ...spent });
  if (error instanceof ConsumerError) return makeFailure({ outcome: 'cancelled', error: 'ConsumerFailed', ...spent });
  const { error: code, ...mapped } = mapError({ error, hasBegun: progress.phase !== 'waiting' });
  if (code !== 'CutAnswer') return { ...mapped, error: code, ...presentOf(spent) };
  const { message: _rewritten, ...fields } = mapped;
  return makeFailure({ ...fields, error: 'CutStream', ...spent });
}

function presentOf(spent: { usage: Usage | undefined; firstTokenMs: number | undefined }): Pick<ModelFailure, 'usage' | 'firstTokenMs'> {
  return { ...(spent.usage && { usage: spent.usage }), ...(spent.firstTokenMs !== undefined && { firstTokenMs: spent.firstTokenMs }) };
}
