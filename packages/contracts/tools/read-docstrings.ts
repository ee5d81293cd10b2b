import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Docstrings of schemas by `Name`, and of their fields by `Name.field`. */
export type Docstrings = ReadonlyMap<string, string>;

type Reader = { docs: Map<string, string>; spreads: Map<string, string[]>; name: string; indent: number; pending: string | undefined };

/** Reads the docstrings of every schema under a folder, so that the published schemas say what the source says. */
export function readDocstrings(folder: string): Docstrings {
  const reader: Reader = { docs: new Map(), spreads: new Map(), name: '', indent: -1, pending: undefined };
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.ts') && !file.endsWith('.test.ts')) readSource(reader, readFileSync(join(folder, file), 'utf8'));
  }
  return withSpreads(reader);
}

/** Relies on the formatter's layout: one declaration or field at the start of a line, its docstring above it. */
function readSource(reader: Reader, source: string): void {
  const joined = source.replace(/\/\*\*\n([\s\S]*?)\*\//g, (_, body: string) => `/** ${body.replace(/\s*\n?\s*\* ?/g, ' ').trim()} */`);
  for (const line of joined.split('\n')) readLine(reader, line);
}

function readLine(reader: Reader, line: string): void {
  const doc = /^\s*\/\*\* (.*) \*\/$/.exec(line)?.[1];
  if (doc) {
    reader.pending = doc;
    return;
  }
  const declared = /^(?:export )?(?:const|type|function) (\w+)/.exec(line)?.[1];
  if (declared) Object.assign(reader, { name: declared, indent: -1 });
  const [, space = '', spread, field] = /^(\s+)(?:\.\.\.(\w+),|(\w+):)/.exec(line) ?? [];
  if (reader.indent < 0 && space) reader.indent = space.length;
  if (spread) reader.spreads.set(reader.name, [...(reader.spreads.get(reader.name) ?? []), spread]);
  const key = declared ?? (field && space.length === reader.indent ? `${reader.name}.${field}` : undefined);
  if (key && reader.pending) reader.docs.set(key, reader.pending);
  reader.pending = undefined;
}

/** A schema has the fields of what it spreads, also of what that spreads. */
function withSpreads({ docs, spreads }: Reader): Docstrings {
  const resolved = new Map(docs);
  const fieldsOf = (name: string): string[] => [name, ...(spreads.get(name) ?? []).flatMap(fieldsOf)];
  for (const name of spreads.keys()) {
    for (const source of fieldsOf(name)) {
      for (const [key, doc] of docs) {
        const own = `${name}.${key.slice(source.length + 1)}`;
        if (key.startsWith(`${source}.`) && !resolved.has(own)) resolved.set(own, doc);
      }
    }
  }
  return resolved;
}
