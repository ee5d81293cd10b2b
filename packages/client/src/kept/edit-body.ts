import { UsageError } from '../usage-error.ts';

/** A change of one field; without a value the field goes away. */
export type Edit = { path: readonly (string | number)[]; text: string; value?: unknown };

const STEP = /(?:^|\.)([A-Za-z0-9_-]+)|\[(\d+)\]/y;
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

/** `--set field=value`: the value is JSON where it is that, else a text. A number that JSON would write otherwise, such as 1.0, is a text. */
export function parseSet(argument: string): Edit {
  const at = argument.indexOf('=');
  if (at < 1) throw new UsageError(`--set ${argument} names no field and value; write it as --set route=fast`);
  const text = argument.slice(0, at);
  return { path: parsePath(text, '--set'), text, value: toValue(argument.slice(at + 1)) };
}

/** `--unset field`. */
export function parseUnset(text: string): Edit {
  return { path: parsePath(text, '--unset'), text };
}

export type Edited = { kind: 'edited'; body: object } | { kind: 'no-place'; path: string };

/** A copy of the body with the changes made; `no-place` for a path that leads through what has no such fields. */
export function editBody(body: object, edits: readonly Edit[]): Edited {
  const copy = structuredClone(body);
  for (const edit of edits) if (!makeEdit(copy, edit)) return { kind: 'no-place', path: edit.text };
  return { kind: 'edited', body: copy };
}

function makeEdit(body: object, edit: Edit): boolean {
  let node: unknown = body;
  for (const [index, step] of edit.path.entries()) {
    if (!hasPlaceFor(node, step)) return false;
    if (index === edit.path.length - 1) change(node, step, edit);
    else if (!Object.hasOwn(node, step)) {
      // What is not there need not be taken away.
      if (!('value' in edit)) return true;
      node[step] = typeof edit.path[index + 1] === 'number' ? [] : {};
    }
    node = node[step];
  }
  return true;
}

function hasPlaceFor(node: unknown, step: string | number): node is Record<string | number, unknown> {
  if (typeof node !== 'object' || node === null) return false;
  return Array.isArray(node) === (typeof step === 'number');
}

function change(parent: Record<string | number, unknown>, step: string | number, edit: Edit): void {
  if ('value' in edit) parent[step] = edit.value;
  else if (Array.isArray(parent)) parent.splice(Number(step), 1);
  else delete parent[step];
}

function parsePath(text: string, option: string): (string | number)[] {
  const path: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const found = STEP.exec(text);
    if (!found || FORBIDDEN.has(found[1] ?? ''))
      throw new UsageError(`${option} ${text}: that is no field; write it as inferenceConfig.maxTokens or messages[0].role`);
    path.push(found[1] ?? Number(found[2]));
  }
  if (path.length === 0) throw new UsageError(`${option} names no field; write it as route or messages[0].role`);
  return path;
}

function toValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'number' && String(value) !== text ? text : value;
  } catch {
    // Not JSON is a text as it stands.
    return text;
  }
}
