import type { IncomingMessage, ServerResponse } from 'node:http';
import { applyFault } from '../bedrock/apply-fault.ts';
import { BedrockError } from '../bedrock/bedrock-error.ts';
import { createExchange, type Exchange, sendJson } from '../bedrock/exchange.ts';
import type { FaultHit } from '../bedrock/fault-store.ts';
import { readJsonBody } from '../bedrock/read-body.ts';
import type { Simulator } from '../bedrock/simulator.ts';
import { prepareCall } from '../openai/prepare-call.ts';
import type { StreamingService } from '../service.ts';
import { exceptionFrame } from '../wire/event-frames.ts';
import { modelOfEndpoint } from './endpoint-name.ts';
import { ofVariant, payloadParts } from './payload-parts.ts';
import { type SageMakerError, toContainerError, toServiceError } from './sagemaker-error.ts';

const INVOCATION = /^\/endpoints\/([^/]+)\/invocations(-response-stream)?$/;

type Invocation = { endpointName: string; isStream: boolean };
type Call = { simulator: Simulator; request: IncomingMessage; exchange: Exchange; invocation: Invocation; hitBy: (kind: string) => void };

/**
 * SageMaker Runtime with endpoints whose containers take OpenAI's chat and embeddings shape. Faults strike by endpoint name, and attempts are listed
 * under it. An inference component, when the call names one, is the model that answers.
 */
export function createSageMakerRuntime(simulator: Simulator): StreamingService {
  return {
    name: 'sagemaker',
    async handle(request, response, { region }) {
      const invocation = readInvocation(request);
      if (invocation === undefined) return refuse(simulator, request, response);
      const { endpointName, isStream } = invocation;
      const attempt = simulator.attempts.begin({ modelId: endpointName, region, streaming: isStream });
      if (request.headers['x-amzn-sagemaker-custom-attributes'] === 'synthetic=true') attempt.isSynthetic();
      const exchange = createExchange(response, attempt);
      simulator.open.add(exchange);
      try {
        await answer({ simulator, request, exchange, invocation, hitBy: attempt.hitBy });
      } catch (error) {
        if (exchange.signal.aborted) return;
        simulator.log(
          `sagemaker: ${endpointName} failed unexpectedly: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
        exchange.destroy();
      } finally {
        simulator.open.delete(exchange);
      }
    },
  };
}

async function answer(call: Call): Promise<void> {
  const { simulator, request, exchange, invocation } = call;
  const { endpointName, isStream } = invocation;
  const served = modelOfEndpoint(endpointName);
  const body = await readJsonBody(request).catch(keepOwn);
  if (served === undefined)
    return sendError(
      exchange,
      toServiceError(new BedrockError('ValidationException', `Endpoint ${endpointName} of account 000000000000 not found.`), endpointName),
    );
  const hit = simulator.faults.draw(endpointName);
  if (hit) call.hitBy(hit.fault.kind);
  try {
    if (hit && (await applyFault({ hit, exchange, modelId: endpointName, streaming: isStream }))) return;
  } catch (error) {
    if (!(error instanceof BedrockError)) throw error;
    return sendError(exchange, toServiceError(error, endpointName), error.retryAfterSeconds);
  }
  await runContainer(call, { body, hit, served });
}

/** From here on what goes wrong is the container's, and reaches the caller as an error of the model. */
async function runContainer(
  { simulator, request, exchange, invocation }: Call,
  { body, hit, served }: { body: unknown; hit: FaultHit | undefined; served: string },
) {
  const { endpointName, isStream } = invocation;
  const component = request.headers['x-amzn-sagemaker-inference-component'];
  const modelId = typeof component === 'string' ? component : served;
  const failWith = isStream ? (error: BedrockError) => exchange.write(streamError(error)) : undefined;
  try {
    if (body instanceof BedrockError) throw body;
    const named = { model: modelId, ...(body as object) };
    const operation = 'input' in named ? 'embeddings' : 'chat';
    const call = prepareCall({ operation, body: named, simulator, modelId });
    await call.send({
      exchange: isStream ? payloadParts(exchange) : ofVariant(exchange),
      hit,
      name: endpointName,
      ...(failWith ? { failWith } : {}),
    });
  } catch (error) {
    if (!(error instanceof BedrockError) || exchange.isStarted()) throw error;
    await sendError(exchange, toContainerError(error, endpointName));
  }
}

function readInvocation(request: IncomingMessage): Invocation | undefined {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const [, encoded, stream] = INVOCATION.exec(path) ?? [];
  if (request.method !== 'POST' || encoded === undefined) return undefined;
  return { endpointName: encoded, isStream: stream !== undefined };
}

async function refuse(simulator: Simulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const what = `${request.method} ${(request.url ?? '').split('?', 1)[0]}`;
  simulator.log(`sagemaker: ${what} is not simulated`);
  const error = new BedrockError('NotImplementedException', `The embedded SageMaker Runtime does not simulate ${what}.`);
  await sendError(createExchange(response), toServiceError(error, ''));
}

function keepOwn(error: unknown): BedrockError {
  if (error instanceof BedrockError) return error;
  throw error;
}

function streamError({ message }: BedrockError): Uint8Array {
  return exceptionFrame('ModelStreamError', { Message: message, ErrorCode: 'StreamBroken' });
}

function sendError(exchange: Exchange, { code, status, members }: SageMakerError, retryAfterSeconds?: number): Promise<void> {
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return sendJson(exchange, members, { status, headers: { 'x-amzn-errortype': code, ...retry } });
}
