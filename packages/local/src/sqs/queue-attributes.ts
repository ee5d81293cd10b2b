/** Properties of `AWS::SQS::Queue` that the stack gives effect to. */
export type QueueProperties = Record<string, unknown>;

const ATTRIBUTES = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'FifoQueue',
  'ContentBasedDeduplication',
] as const;

/** CloudFormation's properties as the strings that the SQS API takes. Encryption and tags have no effect on one machine. */
export function toQueueAttributes(properties: QueueProperties): Record<string, string> {
  const present = ATTRIBUTES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, toText(name, properties[name])]));
}

function toText(name: string, value: unknown): string {
  if (name === 'RedrivePolicy' && typeof value === 'object' && value !== null) {
    const { maxReceiveCount } = value as { maxReceiveCount?: unknown };
    // A template parameter makes it a string; as one, every comparison with a count would fail.
    return JSON.stringify({ ...value, maxReceiveCount: Number(maxReceiveCount) });
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
