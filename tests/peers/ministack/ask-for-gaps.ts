import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Aws } from '../kit/aws-program.ts';
import type { Comparison } from '../kit/report.ts';
import { LEFT_OUT } from './adapt-template.ts';
import { createStack } from './deploy-stacks.ts';

type Resource = { Type: string; Properties: Record<string, unknown> };
type Gap = {
  name: string;
  resources: Record<string, Resource>;
  parameters?: Record<string, { Type: string; Default: string }>;
  /** The SSM parameter that shows it, and its value on AWS; without, that the stack stands says all. */
  shows?: { parameter: string; value: string };
};

const ssm = (Name: string, Value: unknown): Resource => ({ Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name, Value } });

/** Properties that make each type whole: it is refused for its name alone. */
const EXAMPLES: Readonly<Record<(typeof LEFT_OUT)[number], Record<string, unknown>>> = {
  'AWS::Events::EventBusPolicy': { StatementId: 'gap', Action: 'events:PutEvents', Principal: '000000000000' },
  'AWS::AppConfig::Extension': { Name: 'gap', Actions: {} },
  'AWS::AppConfig::ExtensionAssociation': { ExtensionIdentifier: 'gap', ResourceIdentifier: 'gap' },
};

const METRIC = { Metric: { Namespace: 'Gap', MetricName: 'Gap' }, Period: 60, Stat: 'Sum' };

/** What adapt-template.ts works around, each in a template of its own. */
const GAPS: readonly Gap[] = [
  ...LEFT_OUT.map((type): Gap => ({ name: type, resources: { Gap: { Type: type, Properties: EXAMPLES[type] } } })),
  {
    name: 'an alarm over a formula',
    resources: {
      Gap: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          ComparisonOperator: 'GreaterThanThreshold',
          EvaluationPeriods: 1,
          Threshold: 1,
          Metrics: [
            { Id: 'double', Expression: 'metric * 2', ReturnData: true },
            { Id: 'metric', ReturnData: false, MetricStat: METRIC },
          ],
        },
      },
    },
  },
  {
    name: 'a list that is joined',
    parameters: { Words: { Type: 'CommaDelimitedList', Default: 'first,second' } },
    resources: { Gap: ssm('/gap/joined', { 'Fn::Join': ['-', { Ref: 'Words' }] }) },
    shows: { parameter: '/gap/joined', value: 'first-second' },
  },
  {
    name: 'a reference to SSM',
    // Of the gap before, which stands by then.
    resources: { Gap: ssm('/gap/resolved', '{{resolve:ssm:/gap/source}}') },
    shows: { parameter: '/gap/resolved', value: 'told' },
  },
];

/** Whether ministack still does not take what adapt-template.ts keeps from it. `ours` is what AWS does. */
export async function askForGaps({ aws, folder }: { aws: Aws; folder: string }): Promise<Comparison[]> {
  await aws('ssm', 'put-parameter', '--name', '/gap/source', '--value', 'told', '--type', 'String');
  const comparisons: Comparison[] = [];
  for (const [index, gap] of GAPS.entries()) comparisons.push(await ask(gap, { aws, folder, index }));
  return comparisons;
}

async function ask(gap: Gap, { aws, folder, index }: { aws: Aws; folder: string; index: number }): Promise<Comparison> {
  const template = join(folder, `gap-${index}.json`);
  await writeFile(template, JSON.stringify({ ...(gap.parameters ? { Parameters: gap.parameters } : {}), Resources: gap.resources }));
  const name = `in a template: ${gap.name}`;
  const ending = await createStack({ aws, stack: `gap-${index}`, template });
  if (gap.shows === undefined || ending !== 'CREATE_COMPLETE') return { name, ours: 'CREATE_COMPLETE', theirs: ending };
  const { Parameter: found } = await aws('ssm', 'get-parameter', '--name', gap.shows.parameter);
  return { name, ours: gap.shows.value, theirs: found.Value };
}
