import type { ModelFailure } from '@signalbox/contracts';
import { makeFailure } from '../make-failure.ts';
import { asNodeCode, mapConnectionError } from '../map-connection-error.ts';
import { providerMessage } from '../provider-message.ts';
import { asRecord, asText } from '../read-json.ts';
import { SecretError } from '../secrets/secret-error.ts';
import { StreamContentError } from '../stream-blocks.ts';
import { UnsupportedContentError } from '../unsupported-content-error.ts';
import { RefusalError } from './chunk-events.ts';
import { mapProviderError } from './map-provider-error.ts';
import { ProviderError } from './provider-error.ts';

/** Maps whatever a call in OpenAI's shape threw. `hasBegun` is true once the reply had begun with success; `now` is milliseconds since the epoch. */
export function mapOpenAiError({ error, hasBegun, now }: { error: unknown; hasBegun: boolean; now: number }): ModelFailure {
  if (error instanceof ProviderError) return mapProviderError({ ...pick(error), now });
  if (error instanceof RefusalError) {
    return makeFailure({ outcome: 'refused', error: 'refusal', providerMessage: providerMessage('refused', error.reason) });
  }
  if (error instanceof UnsupportedContentError) {
    return makeFailure({ outcome: 'rejected', error: error.code, providerMessage: error.message });
  }
  if (error instanceof SecretError) return mapSecretError(error);
  if (error instanceof StreamContentError) return makeFailure({ outcome: 'malformed', error: 'UnparseableAnswer' });
  const thrown = asRecord(error);
  const code = asNodeCode(thrown.code) ?? asNodeCode(asRecord(thrown.cause).code);
  const verdict = mapConnectionError({ name: asText(thrown.name) ?? '', code, status: undefined, hasBegun });
  return makeFailure(verdict ?? { outcome: 'faulted', error: 'UnknownError' });
}

function pick({ status, headers, body }: ProviderError) {
  return { status, headers, body };
}

/** Here the sentence names what is missing: the reference is the operator's own, and no secret. */
function mapSecretError({ kind, message }: SecretError): ModelFailure {
  if (kind === 'unavailable') return { outcome: 'faulted', error: 'SecretUnavailable', message, isTransient: true };
  return { outcome: 'misconfigured', error: 'MissingSecret', message };
}
