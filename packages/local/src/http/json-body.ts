import { AwsError } from '../service.ts';

/** The parameters of a call in one of AWS's JSON protocols. */
export function parseJsonBody(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString() || '{}') as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new AwsError({ code: 'SerializationException', message: `The body is not JSON: ${error.message}` });
  }
}
