import type { Guardrail } from './routing-table.ts';

/** What a guardrail is asked. */
export type GuardQuestion = {
  guardrail: Guardrail;
  source: 'input' | 'output';
  /** In order; never empty. */
  texts: string[];
  /** Aborted when the caller no longer wants the answer. */
  signal: AbortSignal;
};

/** `unknown`: nobody could say, which is never taken for a pass. */
export type GuardVerdict =
  | { kind: 'passed' }
  | { kind: 'blocked' /** Names of the policies that did, without content. */; reasons: string[] }
  | { kind: 'unknown' /** The provider's error code or ours. */; error: string };

/** The port that `answer` asks about content, where a route has a guardrail. Never rejects for what the guardrail or network did. */
export type Guard = (question: GuardQuestion) => Promise<GuardVerdict>;
