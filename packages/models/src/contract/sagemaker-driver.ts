import type { SageMakerTarget } from '@signalbox/contracts';
import { modelCall } from '../__fixtures__/model-call.ts';
import { awsError, json, openStream, payloadPart, sse } from '../__fixtures__/start-provider.ts';
import { type Driver, TOO_LONG } from './driver.ts';
import { chatFrames, completion, embeddings, openAiDriver } from './openai-driver.ts';

export const sageMakerDriver: Driver = {
  ...openAiDriver,
  kind: 'sagemaker',
  target: () => sageMakerTarget(),
  whole: (answer) => json(200, completion(answer)),
  open: openStream,
  frames: chatFrames((chunk) => inParts(typeof chunk === 'string' ? chunk : sse(chunk))),
  errors: {
    tooLong: containerError(400, { object: 'error', message: TOO_LONG, type: 'BadRequestError', code: 400 }),
    throttled: awsError(429, 'ThrottlingException', {}, { 'retry-after': '2' }),
    serverError: awsError(500, 'InternalFailure'),
    invalid: containerError(400, { error: { message: 'The value of temperature is too high.', type: 'invalid_request_error' } }),
    denied: awsError(403, 'AccessDeniedException'),
  },
  vectors: (count) => json(200, embeddings(count)),
};

export function sageMakerTarget(changes: Partial<SageMakerTarget> = {}): SageMakerTarget {
  const { serviceTier: _onlyOfBedrock, ...facts } = modelCall().target;
  return { ...facts, kind: 'sagemaker', modelId: 'chat-endpoint', ...changes };
}

/** What a container answered, as SageMaker wraps it. */
export function containerError(status: number, body: object) {
  return awsError(424, 'ModelError', {
    Message: 'provider text that quotes the prompt',
    OriginalStatusCode: status,
    OriginalMessage: JSON.stringify(body),
    LogStreamArn: 'arn:aws:logs:us-east-1:123456789012:log-group:x',
  });
}

/** Two parts, cut in the middle of the event. */
function inParts(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const middle = Math.floor(bytes.length / 2);
  return Buffer.concat([payloadPart(bytes.subarray(0, middle)), payloadPart(bytes.subarray(middle))]);
}
