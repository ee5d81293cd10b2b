import type { InferenceResult, Problem } from '@signalbox/contracts';
import type { PreparedRequest } from './prepare-request.ts';

/** Why a request was not taken. */
export type SendFailure = {
  reason: string;
  /** Sending it again may help. */
  isTransient: boolean;
  /** The gateway refused the request itself: each field, and what to write instead. */
  problems?: readonly Problem[];
  /** No sooner than that, where the other side said so. */
  retryAfterMs?: number;
  cause?: unknown;
};

/** A message that was received and not yet deleted. */
export type ReceivedMessage = { messageId: string; body: string; receipt: string };

/** What a producer needs of the world. */
export type ProducerPorts = {
  /** One call for a batch to a queue or to the API; an entry for each, undefined where it was taken. Never rejects. */
  sendBatch(url: string, requests: readonly PreparedRequest[]): Promise<(SendFailure | undefined)[]>;
  /** Undefined when it is in its place. Never rejects. */
  putPayload(payload: NonNullable<PreparedRequest['payload']>): Promise<SendFailure | undefined>;
  /** Undefined when no such inference is known. Rejects with GatewayError. */
  readResult(id: string, signal?: AbortSignal): Promise<InferenceResult | undefined>;
  /** The ids of a batch that was sent by the API. Rejects with GatewayError. */
  listBatch(batchId: string, signal?: AbortSignal): Promise<string[]>;
  replies: ReplyPorts;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
  now(): number;
};

export type ReplyPorts = {
  urlOf(queue: string): Promise<string>;
  receive(
    queueUrl: string,
    options: { waitSeconds: number; visibilitySeconds: number; signal?: AbortSignal | undefined },
  ): Promise<ReceivedMessage[]>;
  delete(queueUrl: string, receipt: string): Promise<void>;
  /** Makes messages stay hidden for so long; 0 shows them again. */
  hide(queueUrl: string, receipts: readonly string[], seconds: number): Promise<void>;
};
