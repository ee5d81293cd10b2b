import { invalid } from './bedrock-error.ts';

const UNSUPPORTED = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'];

/** Throws a ValidationException when a schema uses what Bedrock's structured output does not take. */
export function checkStrictSchema(schema: unknown, where: string): void {
  if (!isRecord(schema)) throw invalid(`The JSON schema of ${where} must be an object.`);
  visit({ schema, root: schema, path: '#', where, followed: [] });
}

type Visit = { schema: unknown; root: Record<string, unknown>; path: string; where: string; followed: string[] };

function visit({ schema, root, path, where, followed }: Visit): void {
  if (!isRecord(schema)) return;
  const refuse = (what: string) =>
    invalid(`The JSON schema of ${where} uses ${what} at ${path}, which structured output does not support.`);
  const keyword = UNSUPPORTED.find((name) => name in schema);
  if (keyword) throw refuse(`'${keyword}'`);
  if ('additionalProperties' in schema && schema.additionalProperties !== false) throw refuse("'additionalProperties' other than false");
  if ('minItems' in schema && schema.minItems !== 0 && schema.minItems !== 1) throw refuse("'minItems' other than 0 or 1");
  for (const [childPath, child] of children(schema, path)) visit({ schema: child, root, path: childPath, where, followed });
  if (typeof schema.$ref !== 'string') return;
  if (!schema.$ref.startsWith('#')) throw refuse(`the external reference '${schema.$ref}'`);
  if (followed.includes(schema.$ref)) throw refuse(`the recursive reference '${schema.$ref}'`);
  const target = resolvePointer(root, schema.$ref);
  if (target === undefined) throw refuse(`the unresolvable reference '${schema.$ref}'`);
  visit({ schema: target, root, path: schema.$ref, where, followed: [...followed, schema.$ref] });
}

function children(schema: Record<string, unknown>, path: string): [string, unknown][] {
  const maps = ['properties'].flatMap((name) =>
    isRecord(schema[name]) ? Object.entries(schema[name]).map(([key, value]) => entry(`${path}/${name}/${key}`, value)) : [],
  );
  const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((name) =>
    Array.isArray(schema[name]) ? schema[name].map((value, index) => entry(`${path}/${name}/${index}`, value)) : [],
  );
  return [...maps, ...lists, ...('items' in schema ? [entry(`${path}/items`, schema.items)] : [])];
}

function entry(path: string, schema: unknown): [string, unknown] {
  return [path, schema];
}

/** What a local `$ref` points at, or undefined. */
export function resolvePointer(root: unknown, reference: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  const steps = reference
    .slice(2)
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce<unknown>(
    (value, step) => (isRecord(value) || Array.isArray(value) ? (value as Record<string, unknown>)[step] : undefined),
    root,
  );
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
