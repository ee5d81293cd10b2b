/** What AppConfig keeps, as it lies in the state file. Times are milliseconds since the epoch. */
export type AppConfigState = {
  applications: Application[];
  strategies: Strategy[];
  /** Absent in files of before there were any. */
  extensions?: Extension[];
  associations?: ExtensionAssociation[];
};

/** What is invoked at which point of a deployment. */
export type Extension = { id: string; name: string; actions: Readonly<Record<string, readonly ExtensionAction[]>> };
export type ExtensionAction = { name: string; uri: string };

/** An extension at work on an application, an environment or a profile, by its ARN. */
export type ExtensionAssociation = { id: string; extensionId: string; resourceArn: string; parameters: Readonly<Record<string, string>> };

export type Application = { id: string; name: string; description?: string; environments: Environment[]; profiles: Profile[] };

export type Environment = { id: string; name: string; description?: string; monitors: Monitor[]; deployments: Deployment[] };

/** An alarm that rolls a running deployment back. */
export type Monitor = { alarmArn: string; alarmRoleArn?: string };

export type Validator = { type: 'LAMBDA'; content: string };

export type Profile = {
  id: string;
  name: string;
  description?: string;
  type: string;
  validators: Validator[];
  /** Counts on when versions are deleted. */
  latestVersionNumber: number;
  versions: HostedVersion[];
};

export type HostedVersion = { number: number; content: string; contentType: string; description?: string; label?: string };

/** How a deployment grows: `growthFactor` percent at a time, by steps or doubling, over a duration; then it bakes. */
export type Growth = { durationMinutes: number; growthFactor: number; growthType: 'LINEAR' | 'EXPONENTIAL'; bakeMinutes: number };

export type Strategy = Growth & { id: string; name: string; description?: string };

export type Deployment = {
  number: number;
  profileId: string;
  versionNumber: number;
  strategyId: string;
  growth: Growth;
  description?: string;
  startedAtMs: number;
  /** How long a minute of its growth lasts; absent for a true one. */
  minuteMs?: number;
  /** The end that its extensions were told of. */
  told?: 'COMPLETE' | 'ROLLED_BACK';
  /** Set when it was ended before or undone after its time. */
  stopped?: { atMs: number; state: 'ROLLED_BACK' | 'REVERTED'; triggeredBy: 'USER' | 'CLOUDWATCH_ALARM'; reason: string };
};
