import { randomBytes, randomUUID } from 'node:crypto';
import type { Log } from '../service.ts';
import type { AnswerWriter } from './answer-channel.ts';
import type { FunctionDefinition, InvokeError, InvokeResult } from './function-definition.ts';
import { sandboxEnvironment } from './sandbox-environment.ts';
import { createSandboxPool, type SandboxPool } from './sandbox-pool.ts';
import { type Sandbox, startSandbox } from './start-sandbox.ts';

/** What a function has cost and done since the host started. */
export type FunctionStats = {
  sandboxes: number;
  busy: number;
  waiting: number;
  coldStarts: number;
  invocations: number;
  errors: number;
  throttles: number;
  /** Wall time of all invocations, init included as Lambda bills it, each rounded up to a millisecond. */
  billedMs: number;
  /** `billedMs` times the memory in GB: what Lambda's price is per. */
  billedGbMs: number;
};

export type LambdaFunction = {
  readonly definition: FunctionDefinition;
  readonly pool: SandboxPool;
  /** Answers at once or is throttled. */
  run(payload: string): Promise<InvokeResult>;
  /** One of many callers: waits for a sandbox that another frees when that is sooner than a start. */
  call(payload: string): Promise<InvokeResult>;
  /** The same as `call`, the answer going to `answer` as it comes. */
  stream(payload: string, answer: AnswerWriter): Promise<InvokeResult>;
  /** Waits in line for a sandbox. */
  runInLine(payload: string, requestId: string): Promise<InvokeResult>;
  stats(): FunctionStats;
};

type Host = { endpointUrl: string; region: string; accountId: string; log: Log; onSandbox: (accessKeyId: string) => void };

/** Where a function reserves nothing: threads, not money, are what one machine runs out of. */
const UNRESERVED_SANDBOXES = 100;
/** The same for answers that stream: each holds its sandbox for as long as its reader takes, and mostly waits for a model. */
const UNRESERVED_STREAMS = 300;
/** Calls at once that Lambda lets an account have. */
const UNRESERVED_CALLS = 1000;

export function createLambdaFunction({ definition, host }: { definition: FunctionDefinition; host: Host }): LambdaFunction {
  const counts = { coldStarts: 0, invocations: 0, errors: 0, throttles: 0, billedMs: 0 };
  const pool = createSandboxPool({
    limit: definition.reservedConcurrency ?? UNRESERVED_SANDBOXES,
    streamLimit: definition.reservedConcurrency ?? UNRESERVED_STREAMS,
    callLimit: definition.reservedConcurrency ?? UNRESERVED_CALLS,
    now: () => Date.now(),
    start: (events) => {
      counts.coldStarts += 1;
      return startFor({ definition, host, ...events });
    },
  });

  const runIn = async (sandbox: Sandbox, payload: string, requestId: string, answer?: AnswerWriter) => {
    const startedAt = performance.now();
    counts.invocations += 1;
    const timeoutMs = definition.timeoutSeconds * 1000;
    const result = await sandbox.invoke({ requestId, payload, timeoutMs, ...(answer === undefined ? {} : { answer }) });
    counts.billedMs += Math.ceil(performance.now() - startedAt);
    pool.release(sandbox);
    if (result.kind === 'error') {
      counts.errors += 1;
      host.log({
        level: 'error',
        source: 'lambda',
        functionName: definition.name,
        requestId,
        message: `${result.fault}: ${result.errorType}: ${result.message}`,
      });
    }
    return result;
  };

  const runOrThrottle = (sandbox: Sandbox | undefined, payload: string, answer?: AnswerWriter) => {
    if (sandbox !== undefined) return runIn(sandbox, payload, randomUUID(), answer);
    counts.throttles += 1;
    const refusal = throttled(definition);
    answer?.fail(refusal);
    return refusal;
  };

  return {
    definition,
    pool,
    run: async (payload) => runOrThrottle(pool.acquire(), payload),
    call: async (payload) => runOrThrottle(await pool.acquireSoon(), payload),
    stream: async (payload, answer) => runOrThrottle(await pool.acquireSoon({ isStream: true }), payload, answer),
    async runInLine(payload, requestId) {
      const sandbox = await pool.acquireOrWait();
      return sandbox === undefined ? throttled(definition) : runIn(sandbox, payload, requestId);
    },
    stats: () => ({ ...pool.count(), ...counts, billedGbMs: (counts.billedMs * definition.memoryMb) / 1024 }),
  };
}

function startFor({
  definition,
  host,
  onReady,
  onExit,
}: {
  definition: FunctionDefinition;
  host: Host;
  onReady: (sandbox: Sandbox) => void;
  onExit: (sandbox: Sandbox) => void;
}): Sandbox {
  const accessKeyId = `SANDBOX${randomBytes(7).toString('hex').slice(0, 13).toUpperCase()}`;
  const logStreamName = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomBytes(16).toString('hex')}`;
  host.onSandbox(accessKeyId);
  const sandbox: Sandbox = startSandbox({
    definition,
    accessKeyId,
    logStreamName,
    environment: sandboxEnvironment({ definition, accessKeyId, logStreamName, endpointUrl: host.endpointUrl, region: host.region }),
    functionArn: `arn:aws:lambda:${host.region}:${host.accountId}:function:${definition.name}`,
    log: host.log,
    onReady: () => onReady(sandbox),
    onExit: () => onExit(sandbox),
  });
  return sandbox;
}

function throttled(definition: FunctionDefinition): InvokeError {
  const limit = definition.reservedConcurrency ?? UNRESERVED_SANDBOXES;
  const message = `Rate Exceeded: all ${limit} sandboxes of ${definition.name} are busy, or the host is stopping.`;
  return { kind: 'error', fault: 'throttled', errorType: 'TooManyRequestsException', message };
}
