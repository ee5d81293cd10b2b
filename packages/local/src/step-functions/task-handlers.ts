import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import type { Invoke, InvokeError } from '../lambda/function-definition.ts';
import { allStates } from './read-definition.ts';
import { MAX_DATA_BYTES, StatesError } from './states-error.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type TaskHandler = (input: Json) => Promise<Json>;

const INVOKE = 'arn:aws:states:::lambda:invoke';

/** How the tasks of a machine are done, by state: each invokes a function of the embedded Lambda and waits for it. */
export function taskHandlers(definition: StateMachineDefinition, invoke: Invoke): Record<string, TaskHandler> {
  const tasks = allStates(definition).flatMap(([name, state]) => (state.Type === 'Task' ? [{ name, resource: state.Resource }] : []));
  return Object.fromEntries(
    tasks.map(({ name, resource }) => [name, resource === INVOKE ? callByInvoke(invoke) : callByArn(invoke, resource)]),
  );
}

function callByArn(invoke: Invoke, resource: string): TaskHandler {
  return (input) => call(invoke, resource, input);
}

/** The form that names the function and its payload in `Parameters`, and wraps its answer. */
function callByInvoke(invoke: Invoke): TaskHandler {
  return async (input) => {
    const { FunctionName: name, Payload: payload = {} } = input as { FunctionName?: Json; Payload?: Json };
    if (typeof name !== 'string') throw new StatesError('States.Runtime', `${INVOKE} needs FunctionName in its Parameters.`);
    return { ExecutedVersion: '$LATEST', Payload: await call(invoke, name, payload), StatusCode: 200 };
  };
}

async function call(invoke: Invoke, nameOrArn: string, payload: Json): Promise<Json> {
  const result = await invokeFunction(invoke, nameOrArn, payload);
  if (result.kind === 'error') throw toStatesError(result);
  if (Buffer.byteLength(JSON.stringify(result.payload) ?? '') > MAX_DATA_BYTES)
    throw new StatesError('States.DataLimitExceeded', `${nameOrArn} answered more than ${MAX_DATA_BYTES} bytes.`);
  return (result.payload ?? null) as Json;
}

/** The host rejects for a function that is not there. */
async function invokeFunction(invoke: Invoke, nameOrArn: string, payload: Json): ReturnType<Invoke> {
  try {
    return await invoke({ functionName: nameOf(nameOrArn), payload, kind: 'request' });
  } catch (error) {
    throw new StatesError('Lambda.ResourceNotFoundException', error instanceof Error ? error.message : String(error));
  }
}

/** A cause is what the function answered, as text; throttling is the caller's error by its service's name. */
function toStatesError({ fault, errorType, message }: InvokeError): StatesError {
  if (fault === 'throttled') return new StatesError('Lambda.TooManyRequestsException', message);
  return new StatesError(errorType, JSON.stringify({ errorMessage: message, errorType }));
}

/** Takes a name, an ARN, and either with a version or an alias. */
function nameOf(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:aws:lambda:[^:]*:[^:]*:function:/, '').split(':')[0] ?? nameOrArn;
}
