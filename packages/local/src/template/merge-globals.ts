import type { TemplateResource } from './load-template.ts';

const SECTION_OF: Readonly<Record<string, string>> = { 'AWS::Serverless::Function': 'Function', 'AWS::Serverless::Api': 'Api' };

/** A resource with what SAM's Globals say for its type: maps merge, lists join with the global part first, the rest is replaced. */
export function mergeGlobals({
  globals,
  resource,
  file,
}: {
  globals: Record<string, unknown>;
  resource: TemplateResource;
  file: string;
}): TemplateResource {
  const unknown = Object.keys(globals).find((section) => !Object.values(SECTION_OF).includes(section));
  if (unknown) throw new Error(`${file}: Globals.${unknown} is not supported; there are ${Object.values(SECTION_OF).join(' and ')}.`);
  const section = SECTION_OF[resource.type];
  const defaults = section === undefined ? undefined : globals[section];
  if (!isMap(defaults)) return resource;
  return { ...resource, properties: merge(defaults, resource.properties) as Record<string, unknown> };
}

function merge(base: unknown, own: unknown): unknown {
  if (own === undefined) return base;
  if (Array.isArray(base) && Array.isArray(own)) return [...base, ...own];
  if (!isMap(base) || !isMap(own)) return own;
  const names = new Set([...Object.keys(base), ...Object.keys(own)]);
  return Object.fromEntries([...names].map((name) => [name, merge(base[name], own[name])]));
}

/** An intrinsic is one value, however it is written: it replaces and is replaced as a whole. */
function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
}
