import type { IncomingMessage, ServerResponse } from 'node:http';
import { applyFault } from '../bedrock/apply-fault.ts';
import { BedrockError } from '../bedrock/bedrock-error.ts';
import { createExchange, type Exchange, sendJson } from '../bedrock/exchange.ts';
import { readJsonBody } from '../bedrock/read-body.ts';
import type { Simulator } from '../bedrock/simulator.ts';
import type { StreamingService } from '../service.ts';
import { toOpenAiError } from './openai-error.ts';
import { type PreparedCall, prepareCall } from './prepare-call.ts';

/** Where the server stands, below the stack's address and below the simulator's. */
export const OPENAI_PREFIX = '/openai/v1/';

const OPERATIONS: Readonly<Record<string, 'chat' | 'embeddings'>> = { 'chat/completions': 'chat', embeddings: 'embeddings' };

/** The simulated models as an OpenAI-compatible server. It asks for no key; faults strike by model id, and attempts are listed with the region `openai`. */
export function createOpenAiServer(simulator: Simulator): StreamingService {
  return { name: 'openai', handle: (request, response) => handle(simulator, request, response) };
}

async function handle(simulator: Simulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const name = path.slice(path.indexOf(OPENAI_PREFIX) + OPENAI_PREFIX.length);
  const operation = request.method === 'POST' ? OPERATIONS[name] : undefined;
  let exchange: Exchange | undefined;
  try {
    if (operation === undefined) throw new BedrockError('ResourceNotFoundException', `Unknown request URL: ${request.method} ${path}.`);
    const body = await readJsonBody(request);
    const model = modelOf(body);
    const isStreaming = (body as { stream?: unknown }).stream === true;
    const attempt =
      model === undefined ? undefined : simulator.attempts.begin({ modelId: model, region: 'openai', streaming: isStreaming });
    if (request.headers['x-signalbox-synthetic'] === 'true') attempt?.isSynthetic();
    exchange = createExchange(response, attempt);
    simulator.open.add(exchange);
    const call = prepareCall({ operation, body, simulator });
    checkModel(call);
    const hit = simulator.faults.draw(call.model);
    if (hit) attempt?.hitBy(hit.fault.kind);
    if (hit && (await applyFault({ hit, exchange, modelId: call.model, streaming: isStreaming }))) return;
    await call.send({ exchange, hit, name: call.model });
  } catch (error) {
    // It left before its request was whole: nobody is left to answer.
    if (!request.complete && request.destroyed) return;
    await answerError({ exchange: exchange ?? createExchange(response), error, simulator, what: `${request.method} ${path}` });
  } finally {
    request.resume();
    if (exchange) simulator.open.delete(exchange);
  }
}

function modelOf(body: unknown): string | undefined {
  const { model } = (body ?? {}) as { model?: unknown };
  return typeof model === 'string' ? model : undefined;
}

function checkModel({ model }: PreparedCall): void {
  if (model.includes('does-not-exist'))
    throw new BedrockError('ResourceNotFoundException', `The model '${model}' does not exist or you do not have access to it.`);
}

type Failure = { exchange: Exchange; error: unknown; simulator: Simulator; what: string };

/** A caller that left needs no answer; an error that is not the simulator's own is a fault of this program. */
async function answerError({ exchange, error, simulator, what }: Failure): Promise<void> {
  if (exchange.signal.aborted) return;
  const isOwn = error instanceof BedrockError;
  if (!isOwn)
    simulator.log(`openai: ${what} failed unexpectedly: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  if (exchange.isStarted()) return exchange.destroy();
  const shown = isOwn ? error : new BedrockError('InternalServerException', `The simulator failed: ${String(error)}`);
  const { status, body } = toOpenAiError(shown);
  const headers = shown.retryAfterSeconds === undefined ? {} : { 'retry-after': String(shown.retryAfterSeconds) };
  await sendJson(exchange, body, { status, headers }).catch((reason: unknown) => {
    if (!exchange.signal.aborted) simulator.log(`openai: could not answer ${what}: ${String(reason)}`);
  });
}
