import { clientConfigOf, type Place } from '../installation/place.ts';
import type { HoldRequest } from './hold-request.ts';

/** Calls the controller's function for holds, with the caller's own rights, and gives what it answered. */
export async function invokeController(place: Place, request: HoldRequest): Promise<unknown> {
  const { InvokeCommand, LambdaClient, ResourceNotFoundException } = await import('@aws-sdk/client-lambda');
  const FunctionName = `signalbox-${place.kind === 'aws' ? place.stage : 'local'}-hold-target`;
  // It waits for the answer: one that was not heard could have been a change.
  const client = new LambdaClient({ ...clientConfigOf(place), maxAttempts: 1 });
  try {
    const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }));
    const answer = parseJson(Payload?.transformToString());
    if (FunctionError === undefined) return answer;
    const { errorMessage = FunctionError } = (answer ?? {}) as { errorMessage?: string };
    throw new Error(`${FunctionName} failed: ${errorMessage}. Look with: signalbox targets list; its log is /aws/lambda/${FunctionName}.`);
  } catch (error) {
    if (error instanceof ResourceNotFoundException)
      throw new Error(`There is no function ${FunctionName}. Deploy the stack of the controller.`, { cause: error });
    throw error;
  } finally {
    client.destroy();
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Not JSON is no answer: whoever reads it says so.
    return undefined;
  }
}
