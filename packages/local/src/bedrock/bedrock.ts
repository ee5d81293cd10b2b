import type { IncomingMessage, ServerResponse } from 'node:http';
import { createOpenAiServer, OPENAI_PREFIX } from '../openai/openai-server.ts';
import { createSageMakerRuntime } from '../sagemaker/sagemaker-runtime.ts';
import type { StreamingService } from '../service.ts';
import type { ModelSource } from './answer.ts';
import { answerCall } from './answer-call.ts';
import { createAttemptLog } from './attempt-log.ts';
import { BedrockError } from './bedrock-error.ts';
import { createExchange, type Exchange, sendError } from './exchange.ts';
import { createFaultStore } from './fault-store.ts';
import { parseModelOperation } from './model-operation.ts';
import { createModelServer, EVERY_MODEL, type ModelServer } from './model-server.ts';
import { reportProblems } from './report-problems.ts';
import { createSimulatedModel } from './simulated-model.ts';
import type { Simulator } from './simulator.ts';
import { createSimulatorAdmin } from './simulator-admin.ts';

export type BedrockOptions = {
  log: (line: string) => void;
  /** Model id to the server on this machine that answers it; `*` names the one for all others, which are simulated without. */
  modelServers: Record<string, ModelServer>;
  /** Another seed gives other simulated answers and other calls hit by a fault's `rate`. */
  seed?: number;
};

export type Bedrock = {
  service: StreamingService;
  /** The same models as an OpenAI-compatible server, for paths below `/openai/v1/`. */
  openAi: StreamingService;
  /** And behind SageMaker endpoints. */
  sageMaker: StreamingService;
  /** Answers the simulator's URLs; `path` is what follows its prefix. False: not one of them. */
  admin: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean>;
  /** Breaks off every call under way. */
  stop(): void;
};

/** The embedded Bedrock Runtime. Throws when a model server is not on this machine. */
export function createBedrock({ log, modelServers, seed = 0 }: BedrockOptions): Bedrock {
  const simulated = createSimulatedModel({ seed });
  const servers = new Map<string, ModelSource>(
    Object.entries(modelServers).map(([modelId, server]) => [
      modelId,
      reportProblems({ source: createModelServer(server, modelId), server, log, now: () => performance.now() }),
    ]),
  );
  const faults = createFaultStore({ seed });
  const attempts = createAttemptLog();
  const open = new Set<Exchange>();
  const sourceOf = (modelId: string) => {
    const server = servers.get(modelId) ?? servers.get(EVERY_MODEL);
    return { source: server ?? simulated, isSimulated: server === undefined };
  };
  const simulator: Simulator = { faults, attempts, sourceOf, open, seed, log };
  const openAi = createOpenAiServer(simulator);
  const admin = createSimulatorAdmin({ faults, attempts, log });

  async function handle(request: IncomingMessage, response: ServerResponse, scope: { region: string; accessKeyId: string }): Promise<void> {
    const { region } = scope;
    // Bedrock has an endpoint of this shape, too.
    if (request.url?.startsWith(OPENAI_PREFIX)) return openAi.handle(request, response, scope);
    const operation = parseModelOperation(request.method ?? 'GET', request.url ?? '/');
    if (operation.kind === 'unsupported') return refuse(request, createExchange(response), operation.name);
    const { kind, modelId } = operation;
    const attempt = attempts.begin({ modelId, region, streaming: kind === 'converse-stream' });
    const exchange = createExchange(response, attempt);
    open.add(exchange);
    try {
      await answerCall({
        request,
        operation,
        exchange,
        attempt,
        faults,
        source: sourceOf(modelId).source,
        isServed: servers.has(modelId),
        seed,
      });
    } catch (error) {
      await answerError(exchange, error, `${kind} of ${modelId}`);
    } finally {
      open.delete(exchange);
    }
  }

  async function refuse(request: IncomingMessage, exchange: Exchange, name: string): Promise<void> {
    request.resume();
    log(`bedrock: ${name} is not simulated`);
    await answerError(exchange, new BedrockError('NotImplementedException', `The embedded Bedrock does not simulate ${name}.`), name);
  }

  /** A caller that left needs no answer; an error that is not Bedrock's own is a fault of this program. */
  async function answerError(exchange: Exchange, error: unknown, what: string): Promise<void> {
    if (exchange.signal.aborted) return;
    const isOwn = error instanceof BedrockError;
    if (!isOwn) log(`bedrock: ${what} failed unexpectedly: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if (exchange.isStarted()) return exchange.destroy();
    await sendError(exchange, isOwn ? error : new BedrockError('InternalServerException', `The simulator failed: ${String(error)}`)).catch(
      (reason: unknown) => {
        if (!exchange.signal.aborted) log(`bedrock: could not answer ${what}: ${String(reason)}`);
      },
    );
  }

  return {
    service: { name: 'bedrock', handle },
    openAi,
    sageMaker: createSageMakerRuntime(simulator),
    admin: async (request, response, path) => {
      if (!path.startsWith(OPENAI_PREFIX)) return admin(request, response, path);
      await openAi.handle(request, response, { region: '', accessKeyId: '' });
      return true;
    },
    stop() {
      faults.clear();
      for (const exchange of open) exchange.destroy();
    },
  };
}
