import { AwsError, type AwsReply, type AwsService, notImplemented } from '../service.ts';
import type { InvokeError, InvokeRequest, InvokeResult } from './function-definition.ts';
import type { LambdaHost } from './lambda-host.ts';

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?|$)/;

/** Lambda's API as callers of functions use it: Invoke, for the answer or in the background. Versions and aliases are those of the one function. */
export function createLambdaApi(host: Pick<LambdaHost, 'invoke'>): AwsService {
  return {
    name: 'lambda',
    async handle(call) {
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
async function invoke(host: Pick<LambdaHost, 'invoke'>, request: InvokeRequest): Promise<InvokeResult> {
  try {
    return await host.invoke(request);
  } catch (error) {
    throw new AwsError({ code: 'ResourceNotFoundException', status: 404, message: error instanceof Error ? error.message : String(error) });
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
