import type { Answer, ModelSource } from './answer.ts';
import { anthropicReply, fromAnthropicMessages } from './anthropic-messages.ts';
import { invalid } from './bedrock-error.ts';
import { checkConversation } from './check-conversation.ts';
import { novaReply } from './converse-reply.ts';
import { type ConverseRequest, parseConverseRequest } from './converse-request.ts';
import { embedCohere, embedTitan, type InvokeReply } from './invoke-embedding.ts';
import { isRecord } from './strict-schema.ts';

/** An InvokeModel call that was understood: `run` answers it. */
export type Invocation = { run(source: ModelSource, signal: AbortSignal): Promise<InvokeReply> };
type Input = { modelId: string; body: unknown; seed: number; isServed: boolean };

/** Reads which provider's body this is; an unknown form is a ValidationException that lists the known ones. `isServed`: a real server answers this model. */
export function readInvocation({ modelId, body, seed, isServed }: Input): Invocation {
  if (!isRecord(body)) throw invalid('Malformed input request: the body must be a JSON object.');
  if ('anthropic_version' in body) return conversation(modelId, fromAnthropicMessages(body), (answer) => anthropicReply(answer, modelId));
  if (Array.isArray(body.messages) && !('max_tokens' in body)) return conversation(modelId, parseConverseRequest(body), novaReply);
  const embed = 'inputText' in body && !('textGenerationConfig' in body) ? embedTitan : 'texts' in body ? embedCohere : undefined;
  if (!embed) throw invalid(`The simulator's InvokeModel does not know this body of '${modelId}'. ${KNOWN_BODIES}`);
  if (isServed)
    throw invalid(
      `'${modelId}' is served by a model server, which answers conversations only: take it out of modelServers for embeddings.`,
    );
  const reply = embed({ modelId, body, seed });
  return { run: async () => reply };
}

const KNOWN_BODIES =
  "Known: Anthropic Messages ('anthropic_version'), Nova messages ('messages' with 'inferenceConfig'), Titan embeddings ('inputText'), Cohere embeddings ('texts'). Any model takes Converse.";

function conversation(modelId: string, request: ConverseRequest, toBody: (answer: Answer) => Record<string, unknown>): Invocation {
  checkConversation(request);
  return {
    async run(source, signal) {
      const answer = await source.answer({ modelId, request, signal });
      return { body: toBody(answer), inputTokens: answer.usage.inputTokens, outputTokens: answer.usage.outputTokens };
    },
  };
}
