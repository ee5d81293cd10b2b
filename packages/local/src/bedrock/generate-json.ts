import { invalid } from './bedrock-error.ts';
import { generateNumber, numberOr } from './generate-number.ts';
import { isRecord, resolvePointer } from './strict-schema.ts';

type Schema = Record<string, unknown>;
type Context = { root: unknown; random: () => number; words: string[]; depth: number };

const MAXIMUM_DEPTH = 6;
const formats: Record<string, string> = {
  date: '2026-01-15',
  'date-time': '2026-01-15T09:30:00Z',
  time: '09:30:00Z',
  email: 'someone@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  uri: 'https://example.com/',
  uuid: '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
};

/**
 * A value that a JSON schema accepts, made of `words` where a string is free. It follows types, enums, properties, items, local references,
 * unions and ranges; it does not follow `pattern`, `not` and conditions.
 */
export function generateJson({ schema, random, words }: { schema: unknown; random: () => number; words: string[] }): unknown {
  return generate(schema, { root: schema, random, words, depth: 0 });
}

function generate(schema: unknown, context: Context): unknown {
  if (!isRecord(schema)) return freeText(context);
  if (typeof schema.$ref === 'string') return generate(withSiblings(schema, resolvePointer(context.root, schema.$ref)), deeper(context));
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return chooseMember(schema.enum, context);
  if (Array.isArray(schema.allOf)) return generate(mergeAll(schema, context), deeper(context));
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) return generate(withSiblings(schema, chooseOption(options, context)), deeper(context));
  return generateType(schema, context);
}

function generateType(schema: Schema, context: Context): unknown {
  switch (typeOf(schema)) {
    case 'object':
      return generateObject(schema, context);
    case 'array':
      return generateArray(schema, context);
    case 'integer':
      return generateNumber({ schema, random: context.random, usualStep: 1 });
    case 'number':
      return generateNumber({ schema, random: context.random, usualStep: 0.5 });
    case 'boolean':
      return context.random() < 0.5;
    case 'null':
      return null;
    default:
      return generateString(schema, context);
  }
}

function typeOf(schema: Schema): unknown {
  if (Array.isArray(schema.type)) return schema.type.find((type) => type !== 'null') ?? 'null';
  if (schema.type !== undefined) return schema.type;
  if ('properties' in schema || 'required' in schema) return 'object';
  if ('items' in schema || 'prefixItems' in schema) return 'array';
  return 'minimum' in schema || 'maximum' in schema || 'multipleOf' in schema ? 'number' : 'string';
}

function generateObject(schema: Schema, context: Context): Record<string, unknown> {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  // Optional members stop half way down, so that a recursive schema ends.
  const optional = context.depth < MAXIMUM_DEPTH / 2 ? Object.keys(properties) : [];
  const names = [...new Set([...required, ...optional])];
  return Object.fromEntries(names.map((name) => [name, generate(properties[name], deeper(context))]));
}

function generateArray(schema: Schema, context: Context): unknown[] {
  const minimum = numberOr(schema.minItems, 0);
  const usual = context.depth < MAXIMUM_DEPTH / 2 ? 1 : 0;
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const length = Math.min(Math.max(minimum, usual, prefix.length), numberOr(schema.maxItems, Number.POSITIVE_INFINITY));
  const values: unknown[] = [];
  for (let index = 0; index < length; index += 1)
    values.push(generateItem(prefix[index] ?? schema.items, values, schema.uniqueItems === true, context));
  return values;
}

function generateItem(schema: unknown, earlier: unknown[], unique: boolean, context: Context): unknown {
  const taken = new Set(earlier.map((value) => JSON.stringify(value)));
  let value = generate(schema, deeper(context));
  for (let tries = 0; unique && tries < 100 && taken.has(JSON.stringify(value)); tries += 1) value = generate(schema, deeper(context));
  return value;
}

function generateString(schema: Schema, context: Context): string {
  const fixed = typeof schema.format === 'string' ? formats[schema.format] : undefined;
  if (fixed !== undefined) return fixed;
  const minimum = numberOr(schema.minLength, 0);
  let text = freeText(context);
  while (text.length < minimum) text += ` ${freeText(context)}`;
  return text.slice(0, Math.max(minimum, numberOr(schema.maxLength, Number.POSITIVE_INFINITY)));
}

/** An enum member that the prompt names, else any. */
function chooseMember(members: unknown[], context: Context): unknown {
  const named = members.find((member) => typeof member === 'string' && context.words.includes(member.toLowerCase()));
  return named ?? choose(members, context);
}

/** Deep down the option that refers to nothing else, so that a recursive union ends. */
function chooseOption(options: unknown[], context: Context): unknown {
  if (context.depth < MAXIMUM_DEPTH / 2) return choose(options, context);
  return options.find((option) => isRecord(option) && !('$ref' in option) && typeOf(option) !== 'object') ?? options[0];
}

function mergeAll(schema: Schema, { root }: Context): Schema {
  const { allOf, ...rest } = schema;
  const parts = (Array.isArray(allOf) ? allOf : []).map((part) =>
    isRecord(part) && typeof part.$ref === 'string' ? resolvePointer(root, part.$ref) : part,
  );
  return parts.filter(isRecord).reduce(mergeTwo, rest);
}

function mergeTwo(left: Schema, right: Schema): Schema {
  const properties = { ...(isRecord(left.properties) ? left.properties : {}), ...(isRecord(right.properties) ? right.properties : {}) };
  const required = [...(Array.isArray(left.required) ? left.required : []), ...(Array.isArray(right.required) ? right.required : [])];
  return { ...left, ...right, ...(Object.keys(properties).length > 0 ? { properties } : {}), ...(required.length > 0 ? { required } : {}) };
}

function withSiblings(schema: Schema, chosen: unknown): unknown {
  if (!isRecord(chosen)) return chosen;
  const { $ref: _reference, anyOf: _any, oneOf: _one, ...siblings } = schema;
  return mergeTwo(siblings, chosen);
}

function freeText({ random, words }: Context): string {
  return words[Math.floor(random() * words.length)] ?? 'text';
}

function choose(values: unknown[], { random }: Context): unknown {
  return values[Math.floor(random() * values.length)];
}

function deeper(context: Context): Context {
  if (context.depth > 40) throw invalid('A JSON schema requires itself without end, so no value satisfies it.');
  return { ...context, depth: context.depth + 1 };
}
