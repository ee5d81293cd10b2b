import type { RoutingOverlay, RoutingTable } from '@signalbox/contracts';

export type CallerIdentity = { arn: string; accountId: string };

/** The routing table that processes read now. */
export type RunningTable = { table: RoutingTable; number: number; since: Date | undefined };

/** What Bedrock says of a model in a region. */
export type ModelAvailability = {
  isInRegion: boolean;
  isAuthorized: boolean;
  isEntitled: boolean;
  /** State of the agreement with the model's provider. */
  agreement: string;
};

export type Quota = { name: string; value: number };

export type Denied = { action: string; arn: string };
export type SimulateInput = { roleArn: string; actions: string[]; arns: string[]; requestedRegion: string };

/** What the doctor asks of the world. Every function rejects with AWS's own error. */
export type DoctorPorts = {
  now: () => number;
  nodeVersion: string;
  /** The installation in words; rejects when there is none. */
  findInstallation: () => Promise<string>;
  identify: () => Promise<CallerIdentity>;
  readRunningTable: () => Promise<RunningTable | undefined>;
  readOverlay: () => Promise<RoutingOverlay | undefined>;
  /** Messages that stand on each queue, by its name. */
  countMessages: (queue: QueueName) => Promise<number>;
  availabilityOf: (model: { region: string; model: string }) => Promise<ModelAvailability>;
  /** Ids and ARNs of the inference profiles that may be called in a region. */
  listProfiles: (region: string) => Promise<ReadonlySet<string>>;
  listQuotas: (region: string) => Promise<Quota[]>;
  /** The roles that call models, as ARNs of an account. */
  rolesOf: (identity: { accountId: string; partition: string }) => string[];
  /** Those of the calls that the role may not make. */
  simulate: (input: SimulateInput) => Promise<Denied[]>;
};

export const QUEUE_NAMES = ['interactive', 'standard', 'bulk', 'rejected', 'dead-letter'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];
