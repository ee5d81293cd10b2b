import { EXIT_CODE, type ExitCode } from './exit-code.ts';

type Failure = { name?: string; kind?: string; message?: string; code?: string; problems?: readonly string[]; cause?: { code?: string } };
export type ErrorReport = { message: string; exitCode: ExitCode };

const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ECONNRESET',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException']);
const IS_IT_RUNNING = 'Is the stack running? Start it with "npm start".';

/** What went wrong in words that say what to do, and how the process ends. */
export function reportError(error: unknown): ErrorReport {
  const { name = '', kind, message = String(error), code, cause, problems = [] } = (error ?? {}) as Failure;
  if (name === 'UsageError') return { message, exitCode: EXIT_CODE.usage };
  const failed = (text: string): ErrorReport => ({ message: text, exitCode: EXIT_CODE.failed });
  if (name === 'TimeoutError' || name === 'AbortError') return failed(`The installation did not answer in time. ${IS_IT_RUNNING}`);
  const network = code ?? cause?.code ?? '';
  if (UNREACHED.has(network))
    return failed(`${message || network}. ${network === 'ECONNREFUSED' ? IS_IT_RUNNING : 'Check the network, and the region.'}`);
  if (name === 'CredentialsProviderError') return failed('No AWS credentials were found. Set AWS_PROFILE, or log in with: aws sso login');
  if (/region is missing/i.test(message))
    return { message: 'No AWS region is set. Set AWS_REGION, or a region in the AWS profile.', exitCode: EXIT_CODE.usage };
  if (EXPIRED.has(name)) return failed('The AWS session has expired. Log in again, as with: aws sso login');
  const text = [message, ...problems.map((problem) => `  ${problem}`)].join('\n');
  // A stage that is not there was named wrongly.
  return name === 'ReleaseError' && kind === 'not-installed' ? { message: text, exitCode: EXIT_CODE.usage } : failed(text);
}
