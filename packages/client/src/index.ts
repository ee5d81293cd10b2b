export type { ProducerConnection } from './producer/connect-producer.ts';
export { createProducer, type Producer } from './producer/create-producer.ts';
export type { BatchOptions, Enqueued, EnqueueOutcome } from './producer/enqueue-batch.ts';
export type { ProducerRequest } from './producer/prepare-request.ts';
export { GatewayError, InvalidRequestError, NotAnsweredError, NotSentError } from './producer/producer-error.ts';
export type { SendFailure } from './producer/producer-ports.ts';
export type { BatchResultOptions } from './producer/read-batch.ts';
export type { ReplyOptions } from './producer/read-replies.ts';
export type { WaitOptions } from './producer/wait-for.ts';
