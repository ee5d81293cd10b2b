import { readFileSync } from 'node:fs';
// @boundaries-ignore the reader of templates is no part of what the package offers
import { parseTemplateYaml } from '../../../packages/local/src/template/yaml-tags.ts';

type Properties = Record<string, unknown>;
type Resource = { Type: string; Properties?: Properties };
export type CloudFormationTemplate = {
  Parameters?: Record<string, { Type: string; Default?: string }>;
  Resources: Record<string, Resource>;
  [section: string]: unknown;
};

/** Types that ministack 1.4.21 refuses, and nothing of the main job stands on. */
export const LEFT_OUT = ['AWS::Events::EventBusPolicy', 'AWS::AppConfig::Extension', 'AWS::AppConfig::ExtensionAssociation'] as const;

const SSM_REFERENCE = /\{\{resolve:ssm:\/signalbox\/\$\{Stage\}\/([a-z0-9/-]+)\}\}/g;

/**
 * A template of the project for ministack, as little changed as it takes: what it refuses is left out or made plain, and references to SSM
 * become parameters, which it does resolve. known-differences.ts has each of these, and main.ts asks each time whether it is still needed.
 */
export function adaptTemplate({ file, stage }: { file: string; stage: string }): CloudFormationTemplate {
  const template = parseTemplateYaml(readFileSync(file, 'utf8'), file) as CloudFormationTemplate;
  const kept = Object.entries(template.Resources).filter(([, { Type: type }]) => !LEFT_OUT.some((name) => name === type));
  return withSsmParameters(
    withSplitLists({ ...template, Resources: Object.fromEntries(kept.map(([id, resource]) => [id, plainAlarm(resource)])) }),
    stage,
  );
}

/** An alarm over a formula stands as one over the first of its metrics, so that what refers to it finds it. */
function plainAlarm(resource: Resource): Resource {
  const { Metrics: metrics, ...properties } = resource.Properties ?? {};
  if (resource.Type !== 'AWS::CloudWatch::Alarm' || metrics === undefined) return resource;
  const [first] = (metrics as { MetricStat?: { Metric: Properties; Period: number; Stat: string } }[]).flatMap(
    ({ MetricStat: stat }) => stat ?? [],
  );
  if (first === undefined) throw new Error('an alarm over a formula has no metric with a MetricStat');
  const { Namespace, MetricName, Dimensions } = first.Metric;
  return { ...resource, Properties: { ...properties, Namespace, MetricName, Dimensions, Period: first.Period, Statistic: 'Sum' } };
}

/** A parameter that is a list is a text to ministack, which joins its letters: so what refers to it splits it. */
function withSplitLists(template: CloudFormationTemplate): CloudFormationTemplate {
  const lists = Object.entries(template.Parameters ?? {}).filter(([, { Type: type }]) => /^CommaDelimitedList$|<List<String>>$/.test(type));
  return JSON.parse(JSON.stringify(template), (_, value: unknown) => {
    const { Ref: name, ...others } = (typeof value === 'object' && value !== null ? value : {}) as { Ref?: string };
    const isList = Object.keys(others).length === 0 && lists.some(([list]) => list === name);
    return isList ? { 'Fn::Split': [',', value] } : value;
  });
}

/** `{{resolve:ssm:/signalbox/${Stage}/data-bucket}}`, which stands in a `Sub` always, as `${OfSsmDataBucket}`, a parameter with that name as its default. */
function withSsmParameters(template: CloudFormationTemplate, stage: string): CloudFormationTemplate {
  const parameters: NonNullable<CloudFormationTemplate['Parameters']> = {};
  const text = JSON.stringify(template).replaceAll(SSM_REFERENCE, (_, name: string) => {
    const id = `OfSsm${name.replaceAll(/(?:^|[^a-z0-9])([a-z0-9])/g, (__, letter: string) => letter.toUpperCase())}`;
    parameters[id] = { Type: 'AWS::SSM::Parameter::Value<String>', Default: `/signalbox/${stage}/${name}` };
    return `\${${id}}`;
  });
  if (text.includes('{{resolve:')) throw new Error('a template refers to SSM, or to a secret, otherwise than adapt-template.ts knows');
  const adapted = JSON.parse(text) as CloudFormationTemplate;
  return { ...adapted, Parameters: { ...adapted.Parameters, ...parameters } };
}
