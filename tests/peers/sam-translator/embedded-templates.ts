import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
// @boundaries-ignore the resolver is no part of what the package offers, and is what is held against SAM's
import { loadTemplate, type Template } from '../../../packages/local/src/template/load-template.ts';
// @boundaries-ignore as above
import { readParameters } from '../../../packages/local/src/template/read-parameters.ts';
// @boundaries-ignore as above
import { resolve, type Scope } from '../../../packages/local/src/template/resolve.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

const PSEUDO_PARAMETERS = {
  'AWS::AccountId': '000000000000',
  'AWS::NotificationARNs': [],
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::StackId': 'arn:aws:cloudformation:us-east-1:000000000000:stack/peer/1',
  'AWS::StackName': 'peer',
  'AWS::URLSuffix': 'amazonaws.com',
} as const;

/** A template of the project as the embedded stack reads it, with names in place of what only a running stack has. */
export type EmbeddedTemplate = {
  template: Template;
  parameters: Record<string, unknown>;
  /** A value with every intrinsic function replaced. */
  resolve: (value: unknown) => unknown;
  /** What was asked for besides parameters: `Ref`s by logical id, attributes by `id.attribute`. */
  references: Record<string, unknown>;
};

/** A template of every function, the platform's and each service's. */
export function findTemplateFiles(): string[] {
  const services = readdirSync(join(ROOT, 'services')).sort();
  const own = join(import.meta.dirname, 'every-function.yaml');
  return [own, join(ROOT, 'template.yaml'), ...services.map((name) => join(ROOT, 'services', name, 'template.yaml'))].filter((file) =>
    existsSync(file),
  );
}

export function readEmbedded(file: string, overrides: Record<string, string>): EmbeddedTemplate {
  const template = loadTemplate(file);
  const readSsm = (name: string) => (name.endsWith('allow-global-profiles') ? 'true' : `first-of-${name},second-of-${name}`);
  const parameters = readParameters({ template, overrides, readSsm });
  const references: Record<string, unknown> = { ...PSEUDO_PARAMETERS };
  const resource = (logicalId: string, attribute?: string) => {
    if (!template.resources[logicalId]) return undefined;
    const name = attribute === undefined ? logicalId : `${logicalId}.${attribute}`;
    references[name] = `<${name}>`;
    return references[name];
  };
  // As it is written: SAM knows nothing of what SSM holds.
  const scope: Scope = { template, parameters, pseudo: PSEUDO_PARAMETERS, resource, readSsm: (name) => `<ssm ${name}>` };
  return { template, parameters, references, resolve: (value) => resolve(value, scope, 'Resources') };
}
