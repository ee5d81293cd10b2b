import type { RoutingTarget } from '@signalbox/contracts';

/** What a role must be allowed to call, and the region that IAM sees in that call. */
export type CallableArn = { arn: string; requestedRegion: string };

type Account = { accountId: string; partition: string };

/** The region that IAM sees when a global profile has sent the call on. */
const GLOBAL_REGION = 'unspecified';

/**
 * Every ARN that calls to a target touch. A call through an inference profile needs the profile where it is called, and the model in that
 * region and in each one where the profile may run it; for a global profile that is the model without a region.
 */
export function targetArns(target: RoutingTarget, { accountId, partition }: Account): CallableArn[] {
  const { kind, model, modelId, region, processingRegions } = target;
  // Called by its key, which IAM does not see.
  if (kind === 'openai') return [];
  // SageMaker writes names into ARNs in lower case.
  if (kind === 'sagemaker')
    return [{ arn: `arn:${partition}:sagemaker:${region}:${accountId}:endpoint/${modelId.toLowerCase()}`, requestedRegion: region }];
  const modelIn = (place: string): CallableArn => ({
    arn: `arn:${partition}:bedrock:${place}::foundation-model/${model}`,
    requestedRegion: place,
  });
  if (modelId === model) return [modelIn(region)];
  if (modelId.startsWith('arn:') && !/:(application-)?inference-profile\//.test(modelId))
    return [{ arn: modelId, requestedRegion: region }];
  const profile = modelId.startsWith('arn:') ? modelId : `arn:${partition}:bedrock:${region}:${accountId}:inference-profile/${modelId}`;
  const anywhere = { arn: `arn:${partition}:bedrock:::foundation-model/${model}`, requestedRegion: GLOBAL_REGION };
  return [
    { arn: profile, requestedRegion: region },
    ...[...new Set([region, ...(processingRegions ?? [])])].map(modelIn),
    // Null: it may run anywhere. Absent: nobody said more than its own region.
    ...(processingRegions === null ? [anywhere] : []),
  ];
}
