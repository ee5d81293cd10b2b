import type { ModelReply } from '@signalbox/contracts';
import { judgeAnswer } from '../judge-answer.ts';
import { makeFailure } from '../make-failure.ts';
import { providerMessage } from '../provider-message.ts';
import { addStreamEvent, assembleMessage, createStreamAssembly } from '../stream-assembly.ts';
import { chunkEvents, RefusalError } from './chunk-events.ts';
import { checkChunk } from './read-chunks.ts';

/** Judges a chat completion that came in one piece. Throws `ProviderError` and `StreamContentError` for what is none. */
export async function wholeAnswer(completion: unknown): Promise<ModelReply> {
  const assembly = createStreamAssembly();
  try {
    for await (const event of chunkEvents([checkChunk(completion)])) addStreamEvent(assembly, event);
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    return makeFailure({
      outcome: 'refused',
      error: 'refusal',
      usage: assembly.usage,
      providerMessage: providerMessage('refused', error.reason),
    });
  }
  return judgeAnswer({ message: assembleMessage(assembly), stopReason: assembly.stopReason, usage: assembly.usage });
}
