import { AwsError, type AwsReply } from '../service.ts';

/** What clients called these errors before SQS spoke JSON, and what its clients read them by: `AWS.SimpleQueueService.` and the same name. */
const PREFIXED: ReadonlySet<string> = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'InvalidBatchEntryId',
  'MessageNotInflight',
  'PurgeQueueInProgress',
  'QueueDeletedRecently',
  'TooManyEntriesInBatchRequest',
  'UnsupportedOperation',
]);
/** And those with an older name of their own. */
const RENAMED: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
};

/** An SQS error, which carries two names. */
export class SqsCallError extends AwsError {
  readonly olderName: string;

  constructor({ code, message, status }: { code: string; message: string; status: number }) {
    super({ code: `com.amazonaws.sqs#${code}`, message, status });
    this.name = 'SqsCallError';
    this.olderName = RENAMED[code] ?? (PREFIXED.has(code) ? `AWS.SimpleQueueService.${code}` : code);
  }

  override toReply(): AwsReply {
    const reply = super.toReply();
    return { ...reply, headers: { ...reply.headers, 'x-amzn-query-error': `${this.olderName};Sender` } };
  }
}
