import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { adaptTemplate, type CloudFormationTemplate, LEFT_OUT } from './adapt-template.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const platform = adaptTemplate({ file: join(ROOT, 'template.yaml'), stage: 'peer' });
const inference = adaptTemplate({ file: join(ROOT, 'services/inference/template.yaml'), stage: 'peer' });

const text = (template: CloudFormationTemplate) => JSON.stringify(template);
const templates = ['template.yaml', ...readdirSync(join(ROOT, 'services')).map((name) => `services/${name}/template.yaml`)];

it.each(templates.filter((file) => existsSync(join(ROOT, file))))('leaves nothing in %s that ministack refuses or misreads', (file) => {
  const template = adaptTemplate({ file: join(ROOT, file), stage: 'peer' });
  const resources = Object.values(template.Resources);
  expect(resources.filter(({ Type: type }) => LEFT_OUT.some((name) => name === type))).toEqual([]);
  expect(resources.filter(({ Properties: properties }) => properties?.Metrics !== undefined)).toEqual([]);
  expect(text(template)).not.toContain('{{resolve:');
});

it('reads from SSM by parameters that carry the name of the stage', () => {
  expect(inference.Parameters).toMatchObject({
    OfSsmDataBucket: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/signalbox/peer/data-bucket' },
    Stage: { Type: 'String' },
  });
  expect(text(inference)).toMatch(/"DATA_BUCKET":\{"Fn::Sub":"\$\{OfSsmDataBucket\}"\}/);
});

it('splits what refers to a list, and nothing else', () => {
  expect(text(platform)).toContain('{"Fn::Join":[",",{"Fn::Split":[",",{"Ref":"AllowedModels"}]}]}');
  expect(text(platform)).not.toMatch(/"Fn::Split":\[",",\{"Ref":"Stage"\}/);
});

it('keeps an alarm over a formula under its name, over the first of its metrics', () => {
  expect(platform.Resources.FailureRateAlarm).toMatchObject({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { Namespace: 'Signalbox', MetricName: 'InferencesFailed', Period: 300, Statistic: 'Sum', Threshold: 0.05 },
  });
});

it('leaves a queue, a table and a function as they stand', () => {
  expect(inference.Resources.StandardQueue?.Properties).toMatchObject({
    VisibilityTimeout: 330,
    RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] }, maxReceiveCount: 20 },
  });
});
