import { AwsError, type AwsReply, type AwsService, notImplemented } from '../service.ts';
import { blobFrame, eventFrame } from '../wire/event-frames.ts';
import { type AnswerReader, InvocationError } from './answer-channel.ts';
import type { InvokeError, InvokeRequest, InvokeResult } from './function-definition.ts';
import type { LambdaHost } from './lambda-host.ts';

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?|$)/;
const STREAMING_INVOCATIONS = /^\/2021-11-15\/functions\/([^/]+)\/response-streaming-invocations(?:\?|$)/;

type Host = Pick<LambdaHost, 'invoke' | 'invokeStream'>;

/**
 * Lambda's API as callers of functions use it: Invoke, for the answer or in the background, and InvokeWithResponseStream. Versions and aliases are
 * those of the one function.
 */
export function createLambdaApi(host: Host): AwsService {
  return {
    name: 'lambda',
    async handle(call) {
      const streamed = call.method === 'POST' ? STREAMING_INVOCATIONS.exec(call.url)?.[1] : undefined;
      if (streamed !== undefined)
        return stream(host, { functionName: nameOf(decodeURIComponent(streamed)), payload: readPayload(call.body) });
      const encoded = call.method === 'POST' ? INVOCATIONS.exec(call.url)?.[1] : undefined;
      if (encoded === undefined) throw notImplemented('lambda', `${call.method} ${call.url}`);
      const functionName = nameOf(decodeURIComponent(encoded));
      const payload = readPayload(call.body);
      const kind = kindOf(call.headers['x-amz-invocation-type']);
      if (kind === 'event') {
        accept(await invoke(host, { functionName, payload, kind }));
        return { status: 202 };
      }
      return answer(await invoke(host, { functionName, payload, kind }));
    },
  };
}

function kindOf(type: string | string[] | undefined): 'request' | 'event' {
  if (type === undefined || type === 'RequestResponse') return 'request';
  if (type === 'Event') return 'event';
  throw notImplemented('lambda', `Invoke with the type ${String(type)}`);
}

/** The host rejects for a function that is not there. */
async function invoke(host: Host, request: InvokeRequest): Promise<InvokeResult> {
  return host.invoke(request).catch(notFound);
}

function notFound(error: unknown): never {
  throw new AwsError({ code: 'ResourceNotFoundException', status: 404, message: error instanceof Error ? error.message : String(error) });
}

/** Begins with the first bytes, so that what kept the handler from being run is an error of the call. */
async function stream(host: Host, request: Parameters<Host['invokeStream']>[0]): Promise<AwsReply> {
  const { answer, result } = await host.invokeStream(request).catch(notFound);
  const contentType = await answer.contentType;
  if (contentType === undefined) {
    const early = await result;
    const callError = early.kind === 'error' ? toCallError(early) : undefined;
    if (callError) throw callError;
  }
  const headers = {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-remapped-content-type': contentType ?? 'application/octet-stream',
    'x-amz-executed-version': '$LATEST',
  };
  return { status: 200, headers, stream: { chunks: frames(answer), cancel: answer.cancel } };
}

/** The pieces of the answer, then how it ended: an error of the handler, also in the middle, comes in the last frame. */
async function* frames(answer: AnswerReader): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of answer.chunks()) yield blobFrame('PayloadChunk', bytes);
    yield eventFrame('InvokeComplete', {});
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    const { errorType, message: errorMessage } = error.result;
    yield eventFrame('InvokeComplete', { ErrorCode: 'Unhandled', ErrorDetails: JSON.stringify({ errorType, errorMessage }) });
  }
}

function accept(result: InvokeResult): void {
  if (result.kind === 'error')
    throw toCallError(result) ?? new AwsError({ code: 'ServiceException', status: 500, message: result.message });
}

/** What a handler threw is an answer, too; only what kept it from being run is an error of the call. */
function answer(result: InvokeResult): AwsReply {
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' };
  if (result.kind === 'success') return { status: 200, headers, body: JSON.stringify(result.payload) ?? 'null' };
  const callError = toCallError(result);
  if (callError) throw callError;
  const { errorType, message: errorMessage } = result;
  return { status: 200, headers: { ...headers, 'x-amz-function-error': 'Unhandled' }, body: JSON.stringify({ errorMessage, errorType }) };
}

function toCallError({ fault, errorType, message }: InvokeError): AwsError | undefined {
  if (fault === 'throttled') return new AwsError({ code: 'TooManyRequestsException', status: 429, message });
  return errorType === 'RequestTooLargeException' ? new AwsError({ code: errorType, status: 413, message }) : undefined;
}

function readPayload(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString());
  } catch (error) {
    const message = `Could not parse request body into json: ${String(error)}`;
    throw new AwsError({ code: 'InvalidRequestContentException', message });
  }
}

/** Takes a name, a partial or whole ARN, and each with a version or an alias. */
function nameOf(selector: string): string {
  const afterFunction = selector.replace(/^.*function:/, '');
  return afterFunction.split(':')[0] ?? selector;
}
