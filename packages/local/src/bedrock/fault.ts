import * as z from 'zod/mini';
import { BedrockError, type BedrockErrorCode, errorStatus } from './bedrock-error.ts';
import { describeIssue } from './describe-issue.ts';

const faultKinds = ['error', 'throttle', 'latency', 'hang', 'cut-stream', 'stall-stream', 'malformed'] as const;

const resetOrStatus = z
  .int()
  .check(z.refine((status) => status === 0 || (status >= 400 && status <= 599), 'Member must be 0 (connection reset) or from 400 to 599'));

/** What is wrong with a model, as `PUT …/faults/{model id}` takes it. */
const FaultFields = z.strictObject({
  kind: z.enum(faultKinds),
  /** Share of the calls it hits, 0 to 1. */
  rate: z._default(z.number().check(z.gte(0), z.lte(1)), 1),
  /** Of `error`: 400 to 599, or 0 for a connection reset. */
  status: z.optional(resetOrStatus),
  /** Of `error`: the exception by name, where the status alone does not tell it. */
  exception: z.optional(z.enum(Object.keys(errorStatus) as BedrockErrorCode[])),
  /** Of `throttle` and `error`: the Retry-After header. */
  retryAfterSeconds: z.optional(z.int().check(z.gte(0), z.lte(86_400))),
  /** Wait before whatever follows; 1,000 when the kind is `latency` and it is absent. */
  latencyMs: z.optional(z.int().check(z.gte(0), z.lte(900_000))),
  /** Tokens a stream sends before it is cut, stalls, breaks or fails. */
  afterTokens: z.optional(z.int().check(z.gte(0))),
  /** Seconds until it ends by itself; absent: until deleted. */
  forSeconds: z.optional(z.number().check(z.gt(0), z.lte(86_400))),
  /** Calls it hits before it is used up. */
  times: z.optional(z.int().check(z.gte(1))),
  /** `end` of `cut-stream`: the answer ends cleanly, and is still not whole. `continue` of `malformed`, in OpenAI's shape: what follows is in order again. */
  how: z.optional(z.enum(['end', 'continue'])),
  /** Of `error` with a status of 424: what the model itself answered. */
  originalStatusCode: z.optional(z.int().check(z.gte(400), z.lte(599))),
});

const HOW_OF_KIND: Partial<Record<z.infer<typeof FaultFields>['kind'], string>> = { 'cut-stream': 'end', malformed: 'continue' };

const Fault = FaultFields.check(
  z.refine(({ kind, how }) => how === undefined || HOW_OF_KIND[kind] === how, {
    path: ['how'],
    message: "Member must be absent, 'end' with the kind cut-stream or 'continue' with the kind malformed",
  }),
);
export type Fault = z.infer<typeof Fault>;

/** Reads a fault; the error names every field that is wrong. */
export function parseFault(body: unknown): { fault: Fault } | { problem: string } {
  const result = Fault.safeParse(body, { reportInput: true });
  if (result.success) return { fault: result.data };
  const problems = result.error.issues.map(describeIssue).map(({ path, constraint }) => `'${path || 'fault'}': ${constraint}`);
  return { problem: problems.join('; ') };
}

export function faultLatencyMs({ kind, latencyMs }: Fault): number {
  return latencyMs ?? (kind === 'latency' ? 1_000 : 0);
}

const codeOfStatus: Record<number, BedrockErrorCode> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  501: 'NotImplementedException',
  503: 'ServiceUnavailableException',
  504: 'ServiceUnavailableException',
};

/** The exception an `error` or `throttle` fault answers with. */
export function faultError({ kind, status, exception, retryAfterSeconds, originalStatusCode = 500 }: Fault, modelId: string): BedrockError {
  const retry = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  if (kind === 'throttle') return new BedrockError('ThrottlingException', 'Too many requests, please wait before trying again.', retry);
  const code = exception ?? codeOfStatus[status ?? 503] ?? ((status ?? 503) >= 500 ? 'InternalServerException' : 'ValidationException');
  const details =
    errorStatus[code] === 424 ? { originalStatusCode, ...(code === 'ModelErrorException' ? { resourceName: modelId } : {}) } : {};
  const options = { ...retry, details, ...(exception || !status ? {} : { status }) };
  return new BedrockError(code, `Simulated fault of ${modelId}: ${code}.`, options);
}
