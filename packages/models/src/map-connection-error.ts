import type { ModelFailure } from '@signalbox/contracts';

/** What of a thrown thing tells of the connection or of the body, rather than of the provider's verdict. */
export type ConnectionFacts = {
  name: string;
  /** Node's code of a network error. */
  code: string | undefined;
  status: number | undefined;
  /** True once the reply had begun with success. */
  hasBegun: boolean;
};

export type Verdict = Pick<ModelFailure, 'outcome' | 'error'> & { isTransient?: boolean };

/** A name that does not exist or a certificate that is refused will be so in a moment, too. */
const TRANSIENT_CODES: readonly string[] = [
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
];
/** Names that JavaScript and the SDK give to a body that they could not read. */
const READING_ERRORS: readonly string[] = ['Error', 'SyntaxError', 'TypeError', 'RangeError'];

/** Judges an error by what happened to the connection or to the body; undefined when they were not the matter. */
export function mapConnectionError({ name, code, status, hasBegun }: ConnectionFacts): Verdict | undefined {
  if (hasBegun && code !== undefined) return { outcome: 'malformed', error: 'CutAnswer' };
  if (hasBegun && isReadingError(name)) return { outcome: 'malformed', error: 'UnparseableAnswer' };
  if (code !== undefined && status === undefined) return { outcome: 'faulted', error: code, isTransient: TRANSIENT_CODES.includes(code) };
  if (name === 'AbortError') return { outcome: 'cancelled', error: 'Cancelled' };
  if (name === 'TimeoutError') return { outcome: 'faulted', error: 'ConnectTimeout', isTransient: true };
  return undefined;
}

/** True for a name that says nothing but that something could not be read. */
export function isReadingError(name: string): boolean {
  return READING_ERRORS.includes(name);
}

/** `ECONNRESET`, `DEPTH_ZERO_SELF_SIGNED_CERT`, `HPE_INVALID_CONSTANT`: how Node names what happened to a connection. */
export function asNodeCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Z][A-Z0-9_]{2,63}$/.test(value) ? value : undefined;
}
