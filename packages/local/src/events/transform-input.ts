import type { EventEnvelope, EventRule, RuleTarget } from './event-rule.ts';

const STEP = /^(?:\.([A-Za-z0-9_-]+)|\[(\d+)\]|\['([^']+)'\])/;

/** Refuses at definition time what could not be read at delivery time. */
export function checkInput({ id, input, inputPath, inputTransformer }: RuleTarget): void {
  const given = [input, inputPath, inputTransformer].filter((value) => value !== undefined);
  if (given.length > 1) throw new Error(`Target ${id}: only one of Input, InputPath and InputTransformer may be given`);
  if (input !== undefined) JSON.parse(input);
  for (const path of [inputPath ?? '$', ...Object.values(inputTransformer?.inputPathsMap ?? {})]) parsePath(path);
}

/** The text a target gets for an event. */
export function transformInput(input: { event: EventEnvelope; rule: EventRule; target: RuleTarget; nowMs: number }): string {
  const { event, target } = input;
  if (target.input !== undefined) return target.input;
  if (target.inputPath !== undefined) return JSON.stringify(readPath(event, target.inputPath) ?? null);
  if (target.inputTransformer === undefined) return JSON.stringify(event);
  const { inputPathsMap = {}, inputTemplate } = target.inputTransformer;
  const variables = new Map<string, unknown>(Object.entries(inputPathsMap).map(([name, path]) => [name, readPath(event, path)]));
  for (const [name, value] of Object.entries(reservedVariables(input))) variables.set(name, value);
  return fillTemplate(inputTemplate, variables);
}

function reservedVariables({ event, rule, nowMs }: { event: EventEnvelope; rule: EventRule; nowMs: number }): Record<string, unknown> {
  const { detail: _, ...withoutDetail } = event;
  return {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': new Date(nowMs).toISOString(),
    'aws.events.event': withoutDetail,
    'aws.events.event.json': event,
  };
}

/** Within quotes a variable is its text, elsewhere its JSON; what the event does not have is empty within quotes and null elsewhere. */
function fillTemplate(template: string, variables: ReadonlyMap<string, unknown>): string {
  let isQuoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (token, name?: string) => {
    if (token === '"') isQuoted = !isQuoted;
    if (name === undefined || !variables.has(name)) return token;
    const value = variables.get(name);
    if (!isQuoted) return JSON.stringify(value ?? null);
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

function readPath(event: unknown, path: string): unknown {
  return parsePath(path).reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string | number, unknown>)[key];
  }, event);
}

/** `$`, then `.name`, `[0]` or `['name']`; the rest of JSONPath is refused by name. */
function parsePath(path: string): (string | number)[] {
  if (!path.startsWith('$')) throw new Error(`${path} is not a path: it must begin with $`);
  const keys: (string | number)[] = [];
  for (let rest = path.slice(1); rest !== ''; ) {
    const [text, name, index, quoted] = STEP.exec(rest) ?? [];
    if (text === undefined) throw new Error(`${path}: the embedded AWS does not read "${rest}"; .name, [0] and ['name'] it does`);
    keys.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
    rest = rest.slice(text.length);
  }
  return keys;
}
