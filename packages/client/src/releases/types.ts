import type { AppConfigClient } from '@aws-sdk/client-appconfig';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { S3Client } from '@aws-sdk/client-s3';

/** What the installation lets a policy use; the parameters of the platform's template. */
export type Allowed = {
  models: string[];
  regions: string[];
  /** Names with `*` and `?`; absent where the platform is of a version that knows no endpoints. */
  endpoints?: string[] | undefined;
  globalProfiles: boolean;
};

/** An installation as releases see it: the embedded stack or a stage on AWS. */
export type Installation = {
  stage: string;
  /** `the embedded stack` or `stage prod in us-east-1`: for messages. */
  name: string;
  appConfig: AppConfigClient;
  s3: S3Client;
  eventBridge: EventBridgeClient;
  applicationId: string;
  environmentId: string;
  profileId: string;
  strategies: Readonly<Record<StrategyName, string>>;
  bucket: string;
  eventBusName: string;
  allowed: Allowed;
  /** The version of the routing table's schema that each reading service understands. */
  readers: Readonly<Record<string, string>>;
};

/** `staged` grows in steps and is watched by alarms; `emergency` is everywhere at once. */
export type StrategyName = 'staged' | 'emergency';

/** AppConfig's states of a deployment. */
export type ReleaseState = 'VALIDATING' | 'DEPLOYING' | 'BAKING' | 'COMPLETE' | 'ROLLING_BACK' | 'ROLLED_BACK' | 'REVERTED';

/** One line of a deployment's log, as AppConfig writes it. */
export type ReleaseEvent = { at: Date; type: string; by: string; description: string };

/** How far a release is. `events` are those since the last call, oldest first. */
export type ReleaseProgress = {
  number: number;
  tableVersion: string | undefined;
  state: ReleaseState;
  percentage: number;
  events: readonly ReleaseEvent[];
};

/** A release of the history. */
export type Release = {
  /** AppConfig's deployment number. */
  number: number;
  /** Undefined when nobody labelled it, as in a release by hand. */
  tableVersion: string | undefined;
  /** AppConfig's number of the hosted version. */
  hostedVersion: number;
  state: ReleaseState;
  percentage: number;
  startedAt: Date | undefined;
  completedAt: Date | undefined;
  strategy: StrategyName | 'other';
  description: string | undefined;
  /** Why it was rolled back or undone, in words; undefined when it was not. */
  rolledBackBecause: string | undefined;
  /** Undefined when the version is pruned. */
  bytes: number | undefined;
  /** True for the one whose table is in force, everywhere or, under way, where no other reached yet. */
  isInForce: boolean;
};

/** What a release came to. */
export type ReleaseOutcome =
  | { kind: 'unchanged'; tableVersion: string; number: number | undefined }
  | { kind: 'released'; tableVersion: string; previousTableVersion: string | undefined; number: number; notes: string[] }
  | { kind: 'rolled-back'; tableVersion: string; inForce: string | undefined; number: number; because: string; notes: string[] }
  /** Started and not followed to its end: AppConfig goes on without this process. */
  | { kind: 'under-way'; tableVersion: string; number: number; state: ReleaseState; percentage: number; notes: string[] };
