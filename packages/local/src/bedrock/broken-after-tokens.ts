import type { FaultHit } from './fault-store.ts';

const USUAL_AFTER_TOKENS = { 'cut-stream': 10, 'stall-stream': 10, malformed: 0, error: 10 } as const;

/** Tokens after which the fault breaks a stream; undefined when it lets it through. */
export function brokenAfterTokens({ fault }: FaultHit): number | undefined {
  const { kind } = fault;
  if (kind === 'throttle' || kind === 'latency' || kind === 'hang') return undefined;
  return fault.afterTokens ?? USUAL_AFTER_TOKENS[kind];
}
