import { type AwsFault, type AwsFaultKind, FAULT_KINDS } from './aws-faults.ts';

const FIELDS = {
  service: 'string',
  operation: 'string',
  contains: 'string',
  kind: 'string',
  status: 'number',
  code: 'string',
  times: 'number',
  forSeconds: 'number',
  skip: 'number',
  anyCaller: 'boolean',
} as const;

/** Reads the body of `PUT /_simulator/aws-faults`; says in words what is wrong with it. */
export function parseAwsFault(text: string): { kind: 'parsed'; fault: AwsFault } | { kind: 'invalid'; message: string } {
  const value = readObject(text);
  if (value === undefined) return invalid('the body must be a JSON object');
  for (const [name, field] of Object.entries(value)) {
    const expected = FIELDS[name as keyof typeof FIELDS];
    if (expected === undefined) return invalid(`unknown field "${name}"; one of ${Object.keys(FIELDS).join(', ')}`);
    if (typeof field !== expected) return invalid(`"${name}" must be a ${expected}`);
    if (typeof field === 'number' && !(field >= 0)) return invalid(`"${name}" must not be negative`);
  }
  if (!value.service) return invalid('"service" is missing, for example "dynamodb"');
  if (!FAULT_KINDS.includes(value.kind as AwsFaultKind)) return invalid(`"kind" must be one of ${FAULT_KINDS.join(', ')}`);
  if (value.service === 'bedrock' && value.kind === 'kill-caller-after') {
    return invalid('"kill-caller-after" does not apply to bedrock, whose answers stream; strike the next call of the caller instead');
  }
  return { kind: 'parsed', fault: value as AwsFault };
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function invalid(message: string): { kind: 'invalid'; message: string } {
  return { kind: 'invalid', message };
}
