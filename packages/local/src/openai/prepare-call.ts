import type { BedrockError } from '../bedrock/bedrock-error.ts';
import type { Exchange } from '../bedrock/exchange.ts';
import type { FaultHit } from '../bedrock/fault-store.ts';
import { digest } from '../bedrock/seeded-random.ts';
import { sendWhole } from '../bedrock/send-whole.ts';
import type { Simulator } from '../bedrock/simulator.ts';
import { chatCompletion } from './chat-completion.ts';
import { readEmbeddingsRequest } from './embeddings.ts';
import { readChatRequest } from './read-chat-request.ts';
import { sendChatStream } from './send-chat-stream.ts';
import { reasons, withReasoning } from './with-reasoning.ts';

type Sending = { exchange: Exchange; hit: FaultHit | undefined; name: string; failWith?: (error: BedrockError) => Promise<void> };

/** A call in OpenAI's shape that was understood: `send` answers it. */
export type PreparedCall = { model: string; isStreaming: boolean; send(sending: Sending): Promise<void> };

type Input = { operation: 'chat' | 'embeddings'; body: unknown; simulator: Simulator; modelId?: string };

/** Reads a call. `modelId` is the model that answers, where the body's own word for it is not. Throws a ValidationException for what the caller did wrong. */
export function prepareCall({ operation, body, simulator, modelId }: Input): PreparedCall {
  if (operation === 'embeddings') return prepareEmbeddings(body, simulator);
  const { model, isStreaming, includesUsage, mayReason, request } = readChatRequest(body);
  const answering = modelId ?? model;
  const found = simulator.sourceOf(answering);
  const source = found.isSimulated && mayReason && reasons(answering) ? withReasoning(found.source) : found.source;
  const identity = { id: `chatcmpl-${digest(simulator.seed, model, request).slice(0, 29)}`, created: Math.floor(Date.now() / 1000), model };
  return {
    model,
    isStreaming,
    async send({ exchange, hit, ...sending }) {
      const call = { modelId: answering, request, signal: exchange.signal };
      if (isStreaming) return sendChatStream({ exchange, hit, ...sending, parts: source.stream(call), identity, includesUsage });
      await sendWhole({ exchange, hit, body: chatCompletion(await source.answer(call), identity) });
    },
  };
}

function prepareEmbeddings(body: unknown, { seed }: Simulator): PreparedCall {
  const { model, reply } = readEmbeddingsRequest(body, seed);
  return { model, isStreaming: false, send: ({ exchange, hit }) => sendWhole({ exchange, hit, body: reply() }) };
}
