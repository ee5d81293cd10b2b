import type { ModelFailure } from '@signalbox/contracts';

/** What an error name of Bedrock, of SageMaker, of AWS's front door or of the SDK says by itself; `validation` asks for its message. */
export type ErrorMeaning = Exclude<ModelFailure['outcome'], 'malformed' | 'too-long' | 'refused'> | 'validation';

const MEANINGS: { [Meaning in ErrorMeaning]?: readonly string[] } = {
  throttled: [
    'ThrottlingException',
    'ServiceQuotaExceededException',
    'Throttling',
    'ThrottledException',
    'TooManyRequests',
    'TooManyRequestsException',
    'RequestThrottled',
    'RequestThrottledException',
    'RequestLimitExceeded',
    'LimitExceededException',
    'ProvisionedThroughputExceededException',
    'BandwidthLimitExceeded',
    'SlowDown',
  ],
  'not-ready': ['ModelNotReadyException'],
  faulted: [
    'ServiceUnavailableException',
    'ServiceUnavailable',
    'InternalServerException',
    'InternalServerError',
    'InternalFailure',
    'InternalFailureException',
    'InternalServiceException',
    'InternalDependencyException',
    'InternalStreamFailure',
    'ServiceException',
  ],
  'timed-out': ['ModelTimeoutException', 'RequestTimeout', 'RequestTimeoutException'],
  'model-error': ['ModelErrorException', 'ModelStreamErrorException', 'ModelError', 'ModelStreamError'],
  validation: ['ValidationException', 'ValidationError'],
  rejected: ['ConflictException', 'SerializationException', 'RequestEntityTooLargeException', 'PayloadTooLargeException'],
  misconfigured: [
    'AccessDeniedException',
    'AccessDenied',
    'ResourceNotFoundException',
    'UnknownOperationException',
    'FTUFormNotFilled',
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidClientTokenIdException',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'IncompleteSignature',
    'IncompleteSignatureException',
    'MissingAuthenticationToken',
    'MissingAuthenticationTokenException',
    'ExpiredToken',
    'ExpiredTokenException',
    'RequestExpired',
    'RequestTimeTooSkewed',
    'RequestInTheFuture',
    'NotAuthorized',
    'UnauthorizedException',
    'AuthFailure',
    'OptInRequired',
    'SubscriptionRequiredException',
    'CredentialsProviderError',
    'TokenProviderError',
  ],
};

const BY_NAME = new Map(
  Object.entries(MEANINGS).flatMap(([meaning, names]) => names.map((name) => [name, meaning as ErrorMeaning] as const)),
);

/** The meaning of an error name, or undefined for a name that says nothing by itself. */
export function meaningOfName(name: string): ErrorMeaning | undefined {
  return BY_NAME.get(name);
}

/** The meaning of an HTTP status when the name says nothing. Any 4xx without a meaning of its own is the caller's. */
export function meaningOfStatus(status: number): ErrorMeaning | undefined {
  if (status >= 500) return 'faulted';
  if (status < 400) return undefined;
  switch (status) {
    case 401:
    case 403:
    case 404:
      return 'misconfigured';
    case 408:
      return 'timed-out';
    case 424:
      return 'model-error';
    case 429:
      return 'throttled';
    default:
      return 'rejected';
  }
}
