import type { Log } from '../service.ts';
import type { Invoke } from './function-definition.ts';

/** Calls one operation of SQS's JSON protocol and gives its answer. */
// biome-ignore lint/suspicious/noExplicitAny: the answer's shape belongs to the operation; each caller here names what it reads.
export type SqsCall = (operation: string, parameters: object) => Promise<any>;

export type SqsEventSourceOptions = {
  sqsCall: SqsCall;
  queueUrl: string;
  queueArn: string;
  functionName: string;
  invoke: Invoke;
  batchSize: number;
  maximumBatchingWindowSeconds: number;
  maximumConcurrency?: number;
  reportBatchItemFailures: boolean;
  region: string;
  log: Log;
};
