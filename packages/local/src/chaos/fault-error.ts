import { AwsError } from '../service.ts';
import type { AwsFault } from './aws-faults.ts';

const THROTTLES: Readonly<Record<string, { code: string; status: number }>> = {
  dynamodb: { code: 'ProvisionedThroughputExceededException', status: 400 },
  sqs: { code: 'RequestThrottled', status: 403 },
  s3: { code: 'SlowDown', status: 503 },
  bedrock: { code: 'ThrottlingException', status: 429 },
  sagemaker: { code: 'ThrottlingException', status: 429 },
};
const INTERNAL_ERRORS: Readonly<Record<string, string>> = {
  dynamodb: 'InternalServerError',
  s3: 'InternalError',
  sqs: 'InternalFailure',
  appconfig: 'InternalServerException',
  bedrock: 'InternalServerException',
};

/** The error that a struck call gets: as the service itself words it, unless the fault says otherwise. */
export function faultError(fault: AwsFault): AwsError {
  const usual = fault.kind === 'throttle' ? throttle(fault.service) : failure(fault);
  const code = fault.code ?? usual.code;
  return new AwsError({ code, status: fault.status ?? usual.status, message: `Injected fault: ${code} from ${fault.service}.` });
}

function throttle(service: string): { code: string; status: number } {
  return THROTTLES[service] ?? { code: 'ThrottlingException', status: 400 };
}

function failure({ service, status }: AwsFault): { code: string; status: number } {
  if (status === 503) return { code: 'ServiceUnavailable', status };
  return { code: INTERNAL_ERRORS[service] ?? 'InternalFailure', status: status ?? 500 };
}
