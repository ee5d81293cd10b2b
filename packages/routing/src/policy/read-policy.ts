import type * as z from 'zod/mini';
import { describeIssue } from './describe-issue.ts';
import type { Finding, PolicyPath } from './finding.ts';
import { PolicyName } from './policy-fields.ts';
import { PolicyDefaults, PolicyRoute } from './policy-route.ts';
import { PolicyClasses, PolicyFrame, PolicyReplyQueue } from './policy-schema.ts';
import { PolicyTarget } from './policy-target.ts';

/** A policy in which every part is valid. */
export type Policy = {
  classes: string[];
  targets: Map<string, PolicyTarget>;
  routes: Map<string, PolicyRoute>;
  replyQueues: Map<string, string>;
  defaults: PolicyDefaults;
};

/** What could be read of an object: a field that is there and not valid is undefined, one that is not there is absent. */
export type Readable<Fields> = { [Field in keyof Fields]?: Fields[Field] | undefined };

/** A policy as far as its parts are valid, so that checks can go on around the others. */
export type PolicyParts = {
  classes: string[] | undefined;
  targets: Map<string, Readable<PolicyTarget>>;
  routes: Map<string, Readable<PolicyRoute>>;
  replyQueues: Map<string, string | undefined>;
  /** Undefined when a field of them is not valid: then nobody knows what routes inherit. */
  defaults: PolicyDefaults | undefined;
};

/** Stands for a member that is no map of fields: nothing more is said of it. */
export const NO_FIELDS = Object.freeze({});

type Shape = z.core.$ZodShape;
type Reader = { findings: Finding[] };

/** Of a text that is no policy at all nothing more is said than that. */
const NOTHING: PolicyParts = { classes: undefined, targets: new Map(), routes: new Map(), replyQueues: new Map(), defaults: undefined };

/** Reads each part of a policy by its schema and collects everything that is wrong with any of them. Without findings it is a `Policy`. */
export function readPolicy(data: unknown): { parts: PolicyParts; findings: Finding[] } {
  const reader: Reader = { findings: [] };
  if (!isMapping(data)) return { parts: NOTHING, findings: [{ path: [], message: describeNoPolicy(data) }] };
  read(reader, { schema: PolicyFrame, value: data, path: [] });
  for (const field of ['targets', 'routes'])
    if (isEmptyMapping(data[field])) reader.findings.push({ path: [field], message: 'is empty; write at least one' });
  const parts: PolicyParts = {
    classes: read(reader, { schema: PolicyClasses, value: data.classes, path: ['classes'] }),
    targets: readMembers(reader, data.targets, ['targets'], (value, path) => readFields(reader, { schema: PolicyTarget, value, path })),
    routes: readMembers(reader, data.routes, ['routes'], (value, path) => readFields(reader, { schema: PolicyRoute, value, path })),
    replyQueues: readMembers(reader, 'replyQueues' in data ? data.replyQueues : {}, ['replyQueues'], (value, path) =>
      read(reader, { schema: PolicyReplyQueue, value, path }),
    ),
    defaults: data.defaults === undefined ? {} : read(reader, { schema: PolicyDefaults, value: data.defaults, path: ['defaults'] }),
  };
  return { parts, findings: reader.findings };
}

type ReadInput<Schema> = { schema: Schema; value: unknown; path: PolicyPath };

function read<Output>({ findings }: Reader, { schema, value, path }: ReadInput<z.ZodMiniType<Output>>): Output | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  findings.push(...parsed.error.issues.flatMap((issue) => describeIssue({ issue, value, path })));
  return undefined;
}

/** The whole object if it is valid, else what can be read of it. */
function readFields<Fields extends Shape>(reader: Reader, input: ReadInput<z.ZodMiniObject<Fields, z.core.$strict>>) {
  type Output = z.output<z.ZodMiniObject<Fields, z.core.$strict>>;
  const { schema, value } = input;
  const whole = read(reader, input as ReadInput<z.ZodMiniType<Output>>);
  if (whole !== undefined || !isMapping(value)) return whole ?? (NO_FIELDS as Readable<Output>);
  const present = Object.entries(schema.shape).filter(([field]) => Object.hasOwn(value, field));
  const fields = present.map(([field, fieldSchema]) => [field, (fieldSchema as z.ZodMiniType).safeParse(value[field]).data]);
  return Object.fromEntries(fields) as Readable<Output>;
}

function readMembers<Member>(reader: Reader, mapping: unknown, path: PolicyPath, readMember: (value: unknown, path: PolicyPath) => Member) {
  const members = new Map<string, Member>();
  if (!isMapping(mapping)) {
    reader.findings.push({ path, message: describeNoMap(mapping), at: 'value' });
    return members;
  }
  for (const [name, value] of Object.entries(mapping)) {
    const parsed = PolicyName.safeParse(name);
    if (!parsed.success)
      reader.findings.push({ path: [...path, name], message: `"${name}" ${parsed.error.issues[0]?.message}`, at: 'key' });
    members.set(name, readMember(value, [...path, name]));
  }
  return members;
}

function describeNoPolicy(data: unknown): string {
  const found = data === null || data === undefined ? 'is empty' : 'is no map of fields';
  return `${found}; write version, classes, targets and routes, as in the policy that is shipped`;
}

function describeNoMap(mapping: unknown): string {
  if (mapping === null) return 'is empty; write at least one';
  return `${mapping === undefined ? 'is required and ' : ''}must be a map: under each name what it stands for`;
}

function isEmptyMapping(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length === 0;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
