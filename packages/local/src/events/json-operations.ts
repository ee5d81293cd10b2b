import * as z from 'zod/mini';
import { type AwsCall, AwsError, type AwsReply, type AwsService, jsonReply } from '../service.ts';

/** One operation of a service that speaks AWS's JSON protocol: its input, checked, and what it answers. */
export type JsonOperation = (call: AwsCall) => Promise<unknown>;

/** Binds an operation to the schema of its input; members the schema does not know are ignored, as AWS's newer clients may send them. */
export function operation<Schema extends z.core.$ZodType>(
  schema: Schema,
  run: (input: z.infer<Schema>, call: AwsCall) => unknown,
): JsonOperation {
  return async (call) => run(parseInput(schema, call), call);
}

/** A service made of operations; an operation that is not emulated is an error that names it, never an empty success. */
export function createJsonService(name: string, operations: Record<string, JsonOperation>, version: '1.0' | '1.1' = '1.1'): AwsService {
  return {
    name,
    async handle(call): Promise<AwsReply> {
      try {
        const run = Object.hasOwn(operations, call.operation) ? operations[call.operation] : undefined;
        if (run === undefined) throw notImplemented(name, call.operation);
        return jsonReply((await run(call)) ?? {}, 200, { 'content-type': `application/x-amz-json-${version}` });
      } catch (error) {
        if (error instanceof AwsError) return error.toReply();
        throw error;
      }
    },
  };
}

export function notImplemented(service: string, what: string): AwsError {
  return new AwsError({ code: 'NotImplementedException', status: 501, message: `The embedded AWS does not emulate ${service} ${what}.` });
}

function parseInput<Schema extends z.core.$ZodType>(schema: Schema, call: AwsCall): z.infer<Schema> {
  const text = call.body.toString('utf8');
  const result = z.safeParse(schema, parseJson(text === '' ? '{}' : text));
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AwsError({
    code: 'ValidationException',
    message: `${issues.length} validation error(s) in ${call.operation}: ${issues.join('; ')}`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwsError({ code: 'SerializationException', message: `The body is not JSON: ${String(error)}` });
  }
}
