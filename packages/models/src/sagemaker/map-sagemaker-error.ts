import type { ModelFailure } from '@signalbox/contracts';
import { mapBedrockError } from '../bedrock/map-bedrock-error.ts';
import { makeFailure } from '../make-failure.ts';
import { RefusalError } from '../openai/chunk-events.ts';
import { mapOpenAiError } from '../openai/map-openai-error.ts';
import { mapProviderError } from '../openai/map-provider-error.ts';
import { ProviderError } from '../openai/provider-error.ts';
import { asRecord, asStatus, asText } from '../read-json.ts';
import { StreamContentError } from '../stream-blocks.ts';
import { UnsupportedContentError } from '../unsupported-content-error.ts';

/** A complaint about the endpoint or its component is nobody's request: the target is defined wrongly. */
const ABOUT_TARGET = /\b(endpoint|inference component|inferencecomponent|variant)\b/i;
/** What happened to a stream, by the code of its error. */
const STREAM_ERRORS: Readonly<Record<string, ModelFailure['outcome']>> = {
  ModelInvocationTimeExceeded: 'timed-out',
  StreamBroken: 'malformed',
};

/**
 * Maps whatever a call to a SageMaker endpoint threw. A container's own 4xx, wrapped by SageMaker as a 424, means what it
 * would mean had the container been asked itself; its 5xx is the model's failure. `now` is milliseconds since the epoch.
 */
export function mapSageMakerError({ error, hasBegun, now }: { error: unknown; hasBegun: boolean; now: number }): ModelFailure {
  const thrown = asRecord(error);
  if (isOfChat(error)) return mapOpenAiError({ error, hasBegun, now });
  const originalStatus = asStatus(thrown.OriginalStatusCode);
  if (thrown.name === 'ModelError' && originalStatus !== undefined && originalStatus < 500) {
    const said = mapProviderError({ status: originalStatus, headers: {}, body: parse(thrown.OriginalMessage), now });
    return { ...said, status: asStatus(asRecord(thrown.$metadata).httpStatusCode) ?? 424, originalStatus };
  }
  const streamCode = asText(thrown.ErrorCode) ?? '';
  const streamOutcome = STREAM_ERRORS[streamCode];
  if (thrown.name === 'ModelStreamError' && streamOutcome) return makeFailure({ outcome: streamOutcome, error: streamCode });
  return placeBlame(mapBedrockError({ error, now, hasBegun }), asText(thrown.message) ?? '');
}

/** Errors that the chat's shape itself makes: of a chunk, of a refusal, of what cannot be said. */
function isOfChat(error: unknown): boolean {
  return [ProviderError, RefusalError, StreamContentError, UnsupportedContentError].some((Kind) => error instanceof Kind);
}

function placeBlame(failure: ModelFailure, text: string): ModelFailure {
  if (failure.error !== 'ValidationError' || !ABOUT_TARGET.test(text)) return failure;
  return makeFailure({ outcome: 'misconfigured', error: failure.error, status: failure.status });
}

function parse(message: unknown): unknown {
  if (typeof message !== 'string') return undefined;
  try {
    return JSON.parse(message);
  } catch {
    // A container that answers in plain words.
    return { message };
  }
}
