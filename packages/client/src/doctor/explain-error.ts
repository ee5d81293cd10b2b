import { UsageError } from '../usage-error.ts';
import { type Finding, skipped } from './finding.ts';

type AwsFailure = { name?: string; message?: string; code?: string; cause?: { code?: string }; $metadata?: { httpStatusCode?: number } };

const DENIED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthorizationError',
  'NotAuthorized',
]);
const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const WRONG_KEY: ReadonlySet<string> = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
]);
const UNREACHED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'ECONNRESET']);

/** Says in words why AWS did not answer, and what to do. `action` is the permission that the call needs; without it the check could not be made, which is a warning. */
export function explainError(error: unknown, { action, isNeeded = false }: { action: string; isNeeded?: boolean }): Finding {
  const { name = '', message = String(error), code, cause, $metadata } = (error ?? {}) as AwsFailure;
  if (name === 'NotImplementedException' || $metadata?.httpStatusCode === 501) return skipped('not on the embedded stack');
  if (error instanceof UsageError) return { status: 'fail', found: message };
  if (DENIED.has(name))
    return {
      status: isNeeded ? 'fail' : 'warn',
      found: `not checked: you may not call ${action}`,
      advice: `ask for the permission ${action}`,
    };
  if (EXPIRED.has(name)) return { status: 'fail', found: 'the AWS session has expired', advice: 'log in again, as with: aws sso login' };
  if (WRONG_KEY.has(name)) return { status: 'fail', found: `AWS does not accept the credentials: ${message}`, advice: CREDENTIALS_ADVICE };
  if (name === 'CredentialsProviderError') return { status: 'fail', found: 'no AWS credentials were found', advice: CREDENTIALS_ADVICE };
  if (/region is missing/i.test(message))
    return { status: 'fail', found: 'no AWS region is set', advice: 'set AWS_REGION, or a region in the AWS profile' };
  const network = code ?? cause?.code ?? '';
  if (UNREACHED.has(network))
    return {
      status: 'fail',
      found: `nothing answers (${network})`,
      advice: network === 'ECONNREFUSED' ? 'start the embedded stack with: npm start' : 'check the network, and the region',
    };
  return { status: 'fail', found: `${action} failed: ${name && name !== 'Error' ? `${name}: ` : ''}${message}` };
}

const CREDENTIALS_ADVICE = 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with: aws sso login';
