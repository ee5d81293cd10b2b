import type { SendFailure } from '../producer-ports.ts';

/** Errors that stay, however often one asks: the caller, its rights or a name must change first. */
const LASTING =
  /AccessDenied|NonExistentQueue|QueueDoesNotExist|NoSuchBucket|InvalidAddress|InvalidClientToken|InvalidAccessKey|UnrecognizedClient|SignatureDoesNotMatch|ExpiredToken|InvalidSecurity|CredentialsProvider|OptInRequired|Kms(AccessDenied|Disabled|NotFound)|InvalidMessageContents|BatchRequestTooLong|ValidationError|InvalidParameter/;

/** An error of an AWS client as the reason why something was not sent. */
export function describeFailure(error: unknown): SendFailure {
  const { name = '', message = '', code = '' } = (error ?? {}) as { name?: string; message?: string; code?: string };
  const isLasting = LASTING.test(name) || /region is missing/i.test(message);
  return { reason: message || code || name || String(error), isTransient: !isLasting, cause: error };
}
