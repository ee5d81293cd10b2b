import { readFileSync } from 'node:fs';
import { mergeGlobals } from './merge-globals.ts';
import { parseTemplateYaml } from './yaml-tags.ts';

export type TemplateResource = {
  type: string;
  properties: Record<string, unknown>;
  condition?: string;
  dependsOn: readonly string[];
};

export type TemplateParameter = { Type: string; Default?: unknown; AllowedValues?: unknown[]; AllowedPattern?: string };

/** A SAM or CloudFormation template: short forms expanded, SAM's Globals merged in, intrinsics not yet resolved. */
export type Template = {
  /** For messages, and for what the template names relative to itself. */
  file: string;
  parameters: Readonly<Record<string, TemplateParameter>>;
  mappings: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
  conditions: Readonly<Record<string, unknown>>;
  resources: Readonly<Record<string, TemplateResource>>;
};

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Globals',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
];

/** Reads a template file. Whatever it cannot read is an error that names file and place. */
export function loadTemplate(file: string): Template {
  return parseTemplate({ file, text: readFileSync(file, 'utf8') });
}

/** The same from text. */
export function parseTemplate({ file, text }: { file: string; text: string }): Template {
  const document = parseTemplateYaml(text, file);
  if (!isRecord(document)) throw new Error(`${file}: a template is a mapping with a Resources section.`);
  const unknown = Object.keys(document).find((section) => !SECTIONS.includes(section));
  if (unknown) throw new Error(`${file}: unknown section "${unknown}"; a template has ${SECTIONS.join(', ')}.`);
  checkTransforms(document.Transform, file);
  const globals = (document.Globals ?? {}) as Record<string, unknown>;
  const resources = Object.entries((document.Resources ?? {}) as Record<string, unknown>).map(([logicalId, resource]) => [
    logicalId,
    mergeGlobals({ globals, resource: readResource({ file, logicalId, resource }), file }),
  ]);
  return {
    file,
    parameters: (document.Parameters ?? {}) as Template['parameters'],
    mappings: (document.Mappings ?? {}) as Template['mappings'],
    conditions: (document.Conditions ?? {}) as Template['conditions'],
    resources: Object.fromEntries(resources),
  };
}

function readResource({ file, logicalId, resource }: { file: string; logicalId: string; resource: unknown }): TemplateResource {
  if (!isRecord(resource) || typeof resource.Type !== 'string') throw new Error(`${file}: Resources.${logicalId} has no Type.`);
  const { Type: type, Properties: properties, Condition: condition, DependsOn: dependsOn } = resource;
  return {
    type,
    properties: (properties ?? {}) as Record<string, unknown>,
    ...(typeof condition === 'string' ? { condition } : {}),
    dependsOn: dependsOn === undefined ? [] : ([dependsOn].flat() as string[]),
  };
}

function checkTransforms(transform: unknown, file: string): void {
  const [unknown] = [transform ?? []].flat().filter((name) => name !== 'AWS::Serverless-2016-10-31');
  if (unknown !== undefined)
    throw new Error(`${file}: Transform: the embedded stack knows AWS::Serverless-2016-10-31 only, not ${String(unknown)}.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
