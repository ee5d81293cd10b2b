import { mapBedrockError } from '@signalbox/models';
import { type HealthClass, healthClass } from '@signalbox/routing/health-class';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Thrown = { name: string; status?: number; more?: object };

/** What health makes of an error as the SDK throws it. */
function classOf({ name, status, more }: Thrown, hasBegun = false): HealthClass {
  const metadata = status === undefined ? {} : { $metadata: { httpStatusCode: status } };
  return healthClass(mapBedrockError({ error: Object.assign(new Error('text'), { name, ...metadata, ...more }), now: 0, hasBegun }));
}

const BEDROCK: [Thrown, HealthClass][] = [
  [{ name: 'ThrottlingException', status: 429 }, 'throttle'],
  [{ name: 'ServiceQuotaExceededException', status: 400 }, 'throttle'],
  [{ name: 'ModelNotReadyException', status: 429 }, 'not-ready'],
  [{ name: 'ServiceUnavailableException', status: 503 }, 'fault'],
  [{ name: 'InternalServerException', status: 500 }, 'fault'],
  [{ name: 'ModelTimeoutException', status: 408 }, 'ambiguous'],
  [{ name: 'ModelErrorException', status: 424 }, 'ambiguous'],
  [{ name: 'ModelErrorException', status: 424, more: { originalStatusCode: 500 } }, 'ambiguous'],
  [{ name: 'ModelErrorException', status: 424, more: { originalStatusCode: 400 } }, 'nothing'],
  [{ name: 'ModelErrorException', status: 424, more: { originalStatusCode: 429 } }, 'ambiguous'],
  [{ name: 'ModelStreamErrorException', status: 424 }, 'ambiguous'],
  [{ name: 'ModelStreamErrorException', status: 424, more: { originalStatusCode: 422 } }, 'nothing'],
  [{ name: 'ValidationException', status: 400 }, 'nothing'],
  [
    { name: 'ValidationException', status: 400, more: { message: 'Invocation with on-demand throughput isn’t supported.' } },
    'misconfigured',
  ],
  [{ name: 'ValidationException', status: 400, more: { message: 'Input is too long for requested model.' } }, 'nothing'],
  [{ name: 'ValidationException', status: 400, more: { message: 'Output blocked by content filtering policy' } }, 'nothing'],
  [{ name: 'AccessDeniedException', status: 403 }, 'misconfigured'],
  [{ name: 'ResourceNotFoundException', status: 404 }, 'misconfigured'],
  [{ name: 'FTUFormNotFilled', status: 404 }, 'misconfigured'],
  [{ name: 'ConflictException', status: 400 }, 'nothing'],
];

const SAGEMAKER: [Thrown, HealthClass][] = [
  [{ name: 'InternalFailure', status: 500 }, 'fault'],
  [{ name: 'InternalDependencyException', status: 530 }, 'fault'],
  [{ name: 'ServiceUnavailable', status: 503 }, 'fault'],
  [{ name: 'InternalStreamFailure' }, 'fault'],
  [{ name: 'ModelNotReadyException', status: 429 }, 'not-ready'],
  [{ name: 'ModelError', status: 424, more: { OriginalStatusCode: 500 } }, 'ambiguous'],
  [{ name: 'ModelError', status: 424, more: { OriginalStatusCode: 400 } }, 'nothing'],
  [{ name: 'ModelError', status: 424, more: { OriginalStatusCode: 413 } }, 'nothing'],
  [{ name: 'ModelStreamError', more: { ErrorCode: 'ModelInvocationTimeExceeded' } }, 'ambiguous'],
  [{ name: 'ModelStreamError', more: { ErrorCode: 'StreamBroken' } }, 'ambiguous'],
  [{ name: 'ValidationError', status: 400 }, 'nothing'],
];

const CONNECTION_AND_ACCESS: [Thrown, HealthClass][] = [
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'CERT_HAS_EXPIRED'].map((code): [Thrown, HealthClass] => [
    { name: code, more: { code } },
    'fault',
  ]),
  [{ name: 'TimeoutError' }, 'fault'],
  [{ name: 'TooManyRequestsException', status: 429 }, 'throttle'],
  [{ name: 'ProvisionedThroughputExceededException', status: 400 }, 'throttle'],
  [{ name: 'UnrecognizedClientException', status: 403 }, 'misconfigured'],
  [{ name: 'InvalidSignatureException', status: 403 }, 'misconfigured'],
  [{ name: 'RequestTimeTooSkewed', status: 403 }, 'misconfigured'],
  [{ name: 'SomethingNew', status: 502 }, 'fault'],
  [{ name: 'PayloadTooLargeException', status: 413 }, 'nothing'],
  [{ name: 'AbortError' }, 'nothing'],
];

describe('what an error says of the target', () => {
  it.each([...BEDROCK, ...SAGEMAKER, ...CONNECTION_AND_ACCESS].map(([thrown, expected]) => [thrown.name, thrown, expected] as const))(
    '%s %o: %s',
    (_, thrown, expected) => {
      expect(classOf(thrown)).toBe(expected);
    },
  );

  it('is ambiguous for a stream that was cut or could not be read, whatever the connection says', () => {
    expect(classOf({ name: 'Error', more: { code: 'ECONNRESET' } }, true)).toBe('ambiguous');
    expect(classOf({ name: 'SyntaxError', status: 200 })).toBe('ambiguous');
  });

  it('does not rest on whose fault the SDK says it is', () => {
    const names = [...BEDROCK, ...SAGEMAKER].map(([thrown]) => thrown);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom('client', 'server'), (thrown, $fault) => {
        expect(classOf({ ...thrown, more: { ...thrown.more, $fault } })).toBe(classOf(thrown));
      }),
    );
  });
});
