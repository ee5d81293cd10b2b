import { describe, expect, it } from 'vitest';
import { testTarget } from '../testing/test-table.ts';
import { targetArns } from './target-arns.ts';

const account = { accountId: '123456789012', partition: 'aws' };
const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const arnsOf = (target: Parameters<typeof testTarget>[0]) =>
  targetArns(testTarget({ model: haiku, region: 'eu-west-1', ...target }), account).map(
    ({ arn, requestedRegion }) => `${requestedRegion} ${arn}`,
  );

describe('targetArns', () => {
  it('is the model in its region for a call without a profile', () => {
    expect(arnsOf({ modelId: haiku })).toEqual([`eu-west-1 arn:aws:bedrock:eu-west-1::foundation-model/${haiku}`]);
  });

  it('is the profile, and the model in every region where the profile may run it', () => {
    expect(arnsOf({ modelId: `eu.${haiku}`, processingRegions: ['eu-central-1', 'eu-west-1'] })).toEqual([
      `eu-west-1 arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.${haiku}`,
      `eu-west-1 arn:aws:bedrock:eu-west-1::foundation-model/${haiku}`,
      `eu-central-1 arn:aws:bedrock:eu-central-1::foundation-model/${haiku}`,
    ]);
  });

  it('is the model without a region too for a profile that may run it anywhere', () => {
    expect(arnsOf({ modelId: `global.${haiku}`, processingRegions: null })).toEqual([
      `eu-west-1 arn:aws:bedrock:eu-west-1:123456789012:inference-profile/global.${haiku}`,
      `eu-west-1 arn:aws:bedrock:eu-west-1::foundation-model/${haiku}`,
      `unspecified arn:aws:bedrock:::foundation-model/${haiku}`,
    ]);
  });

  it.each([
    'arn:aws:bedrock:eu-west-1:123456789012:provisioned-model/abc123',
    'arn:aws:bedrock:eu-west-1:123456789012:custom-model-deployment/abc123',
    `arn:aws:bedrock:eu-west-1::foundation-model/${haiku}`,
  ])('is the ARN itself for %s', (modelId) => {
    expect(arnsOf({ modelId })).toEqual([`eu-west-1 ${modelId}`]);
  });

  it.each(['inference-profile/eu.x', 'application-inference-profile/abc123'])('adds the model to the ARN of an %s', (resource) => {
    const modelId = `arn:aws:bedrock:eu-west-1:123456789012:${resource}`;
    expect(arnsOf({ modelId })).toEqual([`eu-west-1 ${modelId}`, `eu-west-1 arn:aws:bedrock:eu-west-1::foundation-model/${haiku}`]);
  });

  it('is the endpoint of SageMaker, in the letters of its ARN', () => {
    const target = { ...testTarget({ region: 'eu-west-1', modelId: 'Signalbox-Llama' }), kind: 'sagemaker' as const };
    const arn = 'arn:aws:sagemaker:eu-west-1:123456789012:endpoint/signalbox-llama';
    expect(targetArns(target, account)).toEqual([{ arn, requestedRegion: 'eu-west-1' }]);
  });

  it('is nothing for a server, which is called by its key', () => {
    expect(targetArns({ ...testTarget(), kind: 'openai', baseUrl: 'https://llm.example.com' }, account)).toEqual([]);
  });

  it('keeps to the partition of the account', () => {
    const target = testTarget({ model: haiku, modelId: `us-gov.${haiku}`, region: 'us-gov-west-1' });
    const arns = targetArns(target, { accountId: '1', partition: 'aws-us-gov' });
    expect(arns.every(({ arn }) => arn.startsWith('arn:aws-us-gov:'))).toBe(true);
  });
});
