import type { Requirements, SignalboxOptions } from '@signalbox/contracts';

type Options = { sessionId?: string; requirements?: Requirements; timeoutMs?: number };

/** What a request says in `signalbox`, but for its labels. */
export function readOptions(options: SignalboxOptions | null | undefined): Options {
  const { sessionId, requirements, timeoutSeconds } = options ?? {};
  return {
    ...(sessionId !== undefined && { sessionId }),
    ...(requirements && { requirements }),
    ...(timeoutSeconds !== undefined && { timeoutMs: Math.round(timeoutSeconds * 1000) }),
  };
}
