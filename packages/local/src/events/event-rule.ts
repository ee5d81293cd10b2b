/** A rule's target as rules and templates give it. At most one of `input`, `inputPath` and `inputTransformer`. */
export type RuleTarget = {
  id: string;
  arn: string;
  /** JSON text sent instead of the event. */
  input?: string;
  /** Part of the event to send: `$.detail`. */
  inputPath?: string;
  inputTransformer?: { inputPathsMap?: Record<string, string>; inputTemplate: string };
  /** Standard queue for events that could not be delivered. */
  deadLetterArn?: string;
  retryPolicy?: { maximumRetryAttempts?: number; maximumEventAgeInSeconds?: number };
};

export type EventRule = {
  name: string;
  busName: string;
  arn: string;
  /** As text, which is how the API gives it back. */
  eventPattern?: string;
  scheduleExpression?: string;
  state: 'ENABLED' | 'DISABLED';
  description?: string;
  targets: RuleTarget[];
  /** Rules of a template are made anew at each start; rules of the API are kept in the state file. */
  origin: 'template' | 'api';
  createdAtMs: number;
};

/** What travels on a bus. */
export type EventEnvelope = {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** To the second, as EventBridge writes it. */
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
};
