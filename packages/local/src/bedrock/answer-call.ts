import type { IncomingMessage } from 'node:http';
import type { ModelSource } from './answer.ts';
import { applyFault } from './apply-fault.ts';
import { applyGuardrail } from './apply-guardrail.ts';
import type { OpenAttempt } from './attempt-log.ts';
import { BedrockError, invalid } from './bedrock-error.ts';
import { checkConversation } from './check-conversation.ts';
import { converseReply } from './converse-reply.ts';
import { parseConverseRequest } from './converse-request.ts';
import type { Exchange } from './exchange.ts';
import type { FaultHit, FaultStore } from './fault-store.ts';
import { readInvocation } from './invoke-model.ts';
import type { ModelOperation } from './model-operation.ts';
import { readJsonBody } from './read-body.ts';
import { sendStream } from './send-stream.ts';
import { sendWhole } from './send-whole.ts';

type ModelCallOperation = Exclude<ModelOperation, { kind: 'unsupported' }>;

type Input = {
  request: IncomingMessage;
  operation: ModelCallOperation;
  exchange: Exchange;
  attempt: OpenAttempt;
  faults: FaultStore;
  source: ModelSource;
  isServed: boolean;
  seed: number;
};

/** Answers one model call: what the caller did wrong comes first, then the fault that hits it, then the model. Throws what has to be answered as an error. */
export async function answerCall({ request, operation, exchange, attempt, faults, source, isServed, seed }: Input): Promise<void> {
  const { kind, modelId } = operation;
  const startedAt = performance.now();
  const latencyMs = () => Math.round(performance.now() - startedAt);
  const body = await readJsonBody(request);
  if (kind !== 'apply-guardrail') checkModelId(modelId);
  const reply = prepare();
  const hit = faults.draw(modelId);
  if (hit) attempt.hitBy(hit.fault.kind);
  if (hit && (await applyFault({ hit, exchange, modelId, streaming: kind === 'converse-stream' }))) return;
  await reply(hit);

  function prepare(): (hit: FaultHit | undefined) => Promise<void> {
    if (kind === 'apply-guardrail') return prepareGuardrail(operation.version);
    if (kind === 'invoke') return prepareInvoke();
    const converse = parseConverseRequest(body);
    checkConversation(converse);
    if (converse.requestMetadata?.synthetic === 'true') attempt.isSynthetic();
    const call = { modelId, request: converse, signal: exchange.signal };
    if (kind === 'converse-stream') return (hit) => sendStream({ exchange, parts: source.stream(call), modelId, hit, latencyMs });
    return async (hit) => sendWhole({ exchange, body: converseReply(await source.answer(call), latencyMs()), hit });
  }

  function prepareGuardrail(version: string): (hit: FaultHit | undefined) => Promise<void> {
    const assessed = applyGuardrail({ guardrailId: modelId, version, body });
    return (hit) => sendWhole({ exchange, body: assessed, hit });
  }

  function prepareInvoke(): (hit: FaultHit | undefined) => Promise<void> {
    const invocation = readInvocation({ modelId, body, seed, isServed });
    return async (hit) => {
      const { body: replyBody, inputTokens, outputTokens } = await invocation.run(source, exchange.signal);
      const headers = {
        'x-amzn-bedrock-input-token-count': String(inputTokens),
        'x-amzn-bedrock-output-token-count': String(outputTokens),
        'x-amzn-bedrock-invocation-latency': String(latencyMs()),
      };
      await sendWhole({ exchange, body: replyBody, headers, hit });
    };
  }
}

function checkModelId(modelId: string): void {
  if (modelId.includes('does-not-exist'))
    throw new BedrockError('ResourceNotFoundException', `Could not resolve the foundation model from the model identifier: ${modelId}.`);
  if (!/^[a-zA-Z0-9:/._-]{1,2048}$/.test(modelId)) throw invalid(`The provided model identifier is invalid: '${modelId}'.`);
}
