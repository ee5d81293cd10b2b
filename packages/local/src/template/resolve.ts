import type { Template } from './load-template.ts';
import { substitute } from './substitute.ts';

/** What the words of a template mean here and now. */
export type Scope = {
  template: Template;
  /** Values of the template's parameters, as `readParameters` gives them. */
  parameters: Readonly<Record<string, unknown>>;
  /** `AWS::Region` and its like. */
  pseudo: Readonly<Record<string, unknown>>;
  /** What `Ref` (no attribute) or `Fn::GetAtt` of a resource gives; nothing when there is no such thing. */
  resource: (logicalId: string, attribute?: string) => unknown;
  readSsm: (name: string) => string;
};

/** Stands for a property that is as if it were not written. */
const NO_VALUE = Symbol('AWS::NoValue');

type Context = { scope: Scope; path: string };
type Intrinsic = (argument: unknown, context: Context) => unknown;

/** Replaces every intrinsic function in a value. `path` names the place for messages. */
export function resolve(value: unknown, scope: Scope, path: string): unknown {
  const resolved = resolveValue(value, { scope, path });
  return resolved === NO_VALUE ? undefined : resolved;
}

/** Whether a condition of the template holds. */
export function isConditionTrue(name: string, scope: Scope): boolean {
  const condition = scope.template.conditions[name];
  if (condition === undefined) throw new Error(`${scope.template.file}: there is no condition "${name}".`);
  return resolveValue(condition, { scope, path: `Conditions.${name}` }) === true;
}

function resolveValue(value: unknown, context: Context): unknown {
  if (typeof value === 'string') return resolveDynamicReferences(value, context);
  if (Array.isArray(value))
    return value.map((item, index) => resolveValue(item, at(context, String(index)))).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && isIntrinsicName(first[0], context)) return callIntrinsic(first[0], first[1], context);
  const resolved = entries.map(([key, item]): [string, unknown] => [key, resolveValue(item, at(context, key))]);
  return Object.fromEntries(resolved.filter(([, item]) => item !== NO_VALUE));
}

/** `Condition` is a function only among conditions; elsewhere it is a property, as in a policy statement. */
function isIntrinsicName(name: string, { path }: Context): boolean {
  return name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && path.startsWith('Conditions.'));
}

function callIntrinsic(name: string, argument: unknown, context: Context): unknown {
  const intrinsic = INTRINSICS[name];
  if (!intrinsic) throw fail(context, `the embedded stack does not know the intrinsic function ${name}`);
  return intrinsic(argument, at(context, name));
}

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, context) => reference(text(argument, context), context),
  'Fn::GetAtt': (argument, context) => {
    const [logicalId, ...attribute] = typeof argument === 'string' ? argument.split('.') : list(argument, context);
    return getAttribute({ logicalId: String(logicalId), attribute: attribute.map(String).join('.'), context });
  },
  'Fn::Sub': (argument, context) => {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
    if (typeof template !== 'string') throw fail(context, 'takes a string, or a string and a map');
    const own = resolveValue(variables, context) as Record<string, unknown>;
    const substituted = substitute(template, (name) => (Object.hasOwn(own, name) ? own[name] : lookUp(name, context)));
    return resolveDynamicReferences(substituted, context);
  },
  'Fn::Join': (argument, context) => {
    const [delimiter, items] = list(argument, context);
    return resolveDynamicReferences(
      list(resolveValue(items, context), context)
        .map((item) => scalar(item, context))
        .join(text(delimiter, context)),
      context,
    );
  },
  'Fn::Select': (argument, context) => {
    const [index, items] = resolveValue(list(argument, context), context) as [unknown, unknown];
    const selected = list(items, context)[Number(index)];
    if (selected === undefined) throw fail(context, `there is no item ${String(index)}`);
    return selected;
  },
  'Fn::Split': (argument, context) => {
    const [delimiter, source] = resolveValue(list(argument, context), context) as [unknown, unknown];
    return text(source, context).split(text(delimiter, context));
  },
  'Fn::FindInMap': (argument, context) => {
    const keys = (resolveValue(list(argument, context), context) as unknown[]).map(String);
    const [map = '', top = '', second = ''] = keys;
    const found = context.scope.template.mappings[map]?.[top]?.[second];
    if (found === undefined) throw fail(context, `Mappings has no ${keys.join('.')}`);
    return found;
  },
  'Fn::Base64': (argument, context) => Buffer.from(text(resolveValue(argument, context), context)).toString('base64'),
  'Fn::If': (argument, context) => {
    const [condition, whenTrue, whenFalse] = list(argument, context);
    return resolveValue(isConditionTrue(text(condition, context), context.scope) ? whenTrue : whenFalse, context);
  },
  'Fn::Equals': (argument, context) => {
    const [left, right] = resolveValue(list(argument, context), context) as unknown[];
    return comparable(left) === comparable(right);
  },
  'Fn::And': (argument, context) => list(argument, context).every((item) => resolveValue(item, context) === true),
  'Fn::Or': (argument, context) => list(argument, context).some((item) => resolveValue(item, context) === true),
  'Fn::Not': (argument, context) => resolveValue(list(argument, context)[0], context) !== true,
  Condition: (argument, context) => isConditionTrue(text(argument, context), context.scope),
};

function reference(name: string, context: Context): unknown {
  const { pseudo, parameters, resource } = context.scope;
  if (name === 'AWS::NoValue') return NO_VALUE;
  const value = pseudo[name] ?? parameters[name] ?? resource(name);
  if (value === undefined) throw fail(context, `there is no parameter or resource "${name}"`);
  return value;
}

/** `Name` or `Name.Attribute`, as `Fn::Sub` writes both. */
function lookUp(name: string, context: Context): unknown {
  const dot = name.indexOf('.');
  if (dot === -1) return reference(name, context);
  return getAttribute({ logicalId: name.slice(0, dot), attribute: name.slice(dot + 1), context });
}

function getAttribute({ logicalId, attribute, context }: { logicalId: string; attribute: string; context: Context }): unknown {
  if (!context.scope.template.resources[logicalId]) throw fail(context, `there is no resource "${logicalId}"`);
  const value = context.scope.resource(logicalId, attribute);
  if (value === undefined)
    throw fail(context, `${context.scope.template.resources[logicalId].type} "${logicalId}" has no attribute "${attribute}" here`);
  return value;
}

const SSM_REFERENCE = /\{\{resolve:([a-z-]+):([^}:]+)(?::[^}]*)?\}\}/g;

function resolveDynamicReferences(value: string, context: Context): string {
  if (!value.includes('{{resolve:')) return value;
  return value.replaceAll(SSM_REFERENCE, (_all, service: string, name: string) => {
    if (service !== 'ssm') throw fail(context, `the embedded stack resolves {{resolve:ssm:…}} only, not ${service}`);
    return context.scope.readSsm(name);
  });
}

function at({ scope, path }: Context, step: string): Context {
  return { scope, path: `${path}.${step}` };
}

function fail({ scope, path }: Context, message: string): Error {
  return new Error(`${scope.template.file}: ${path}: ${message}.`);
}

function list(value: unknown, context: Context): unknown[] {
  if (Array.isArray(value)) return value;
  throw fail(context, 'takes a list');
}

function text(value: unknown, context: Context): string {
  if (typeof value === 'string') return value;
  throw fail(context, `takes a string, not ${JSON.stringify(value)}`);
}

function scalar(value: unknown, context: Context): string {
  if (typeof value === 'object') throw fail(context, `takes strings, not ${JSON.stringify(value)}`);
  return String(value);
}

function comparable(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
