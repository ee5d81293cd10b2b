import type { Comparison } from '../kit/report.ts';
import { type EmbeddedTemplate, readEmbedded } from './embedded-templates.ts';
import { functionToCloudFormation, stateMachineToCloudFormation } from './to-cloud-formation.ts';
import { type Translated, translateBySam } from './translate-by-sam.ts';

type Properties = Record<string, unknown>;
export type Reading = { label: string; file: string; overrides: Record<string, string> };

/** Every resource of each template, as the embedded stack reads it and as SAM makes it for CloudFormation. */
export async function compareTemplates(python: string, readings: readonly Reading[]): Promise<Comparison[]> {
  const asked = readings.map(({ file, overrides }) => {
    const embedded = readEmbedded(file, overrides);
    // Read first: only then is known what was referred to.
    const ours = readResources(embedded);
    return { embedded, ours, references: { ...embedded.references, ...namesOfFunctions(embedded) } };
  });
  const inputs = asked.map(({ embedded, references }) => ({
    template: embedded.template.file,
    parameters: embedded.parameters,
    references,
  }));
  const translated = await translateBySam(python, inputs);
  return asked.flatMap(({ embedded, ours }, index) => {
    const theirs = readTranslated(translated[index] ?? {}, embedded);
    const ids = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...ids].map((id) => ({ name: `${readings[index]?.label}: ${id}`, ours: ours[id], theirs: theirs[id] }));
  });
}

function readResources({ template, resolve }: EmbeddedTemplate): Record<string, Properties> {
  const resources = Object.entries(template.resources).map(([id, { type, properties }]): Record<string, Properties> => {
    const resolved = resolve(properties) as Properties;
    if (type === 'AWS::Serverless::Function') return functionToCloudFormation(id, resolved);
    if (type === 'AWS::Serverless::StateMachine') return { [id]: stateMachineToCloudFormation(resolved) };
    return { [id]: type === 'AWS::Serverless::Api' ? apiOf(resolved, resolved.DefinitionBody) : resolved };
  });
  return Object.assign({}, ...resources);
}

/** What SAM itself refers to in what it makes of events. */
function namesOfFunctions({ template }: EmbeddedTemplate): Record<string, string> {
  const ids = Object.entries(template.resources).filter(([, { type }]) => type.startsWith('AWS::Serverless::'));
  return Object.fromEntries(ids.flatMap(([id]) => [id, `${id}.Arn`].map((name) => [name, `<${name}>`])));
}

/** What SAM leaves to CloudFormation, joins, splits, selections and conditions, is resolved here, so it is the same on both sides. */
function readTranslated(translated: Translated, { resolve, template }: EmbeddedTemplate): Record<string, Properties> {
  const resources = Object.entries(translated).filter(([id, { type }]) => template.resources[id] !== undefined || !OWN_OF_SAM.has(type));
  return Object.fromEntries(
    resources.flatMap(([id, { type, properties }]) => {
      if (type === 'AWS::Lambda::Permission' && template.resources[id] === undefined) return routePermission(id, properties);
      const resolved = resolve(properties) as Properties;
      return [[id, type === 'AWS::ApiGateway::RestApi' ? apiOf(resolved, resolved.Body) : resolved]];
    }),
  );
}

/** Made by SAM for CloudFormation alone: the embedded stack has no stages and no deployments of an API. */
const OWN_OF_SAM: ReadonlySet<string> = new Set(['AWS::ApiGateway::Deployment', 'AWS::ApiGateway::Stage']);

/** Of the rights that SAM gives, those of an API say which route calls which function; the others only follow from a rule. */
function routePermission(id: string, { SourceArn: source, ...properties }: Properties): [string, Properties][] {
  if (properties.Principal !== 'apigateway.amazonaws.com') return [];
  const { 'Fn::Sub': [arn] = [] } = source as { 'Fn::Sub'?: [string] };
  const route = /\$\{__Stage__\}\/(.*)$/.exec(arn ?? '')?.[1];
  return [[id, { ...properties, route }]];
}

/** Of an API, what the embedded one has: its name and its routes. */
function apiOf({ Name: name }: Properties, body: unknown): Properties {
  const { paths = {} } = (body ?? {}) as { paths?: Record<string, object> };
  return {
    Name: name,
    routes: Object.entries(paths)
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
      .sort(),
  };
}
