import type { ModelFailure } from '@signalbox/contracts';

/** Longest text of a provider that is passed on to the caller, in characters. */
const MAX_CHARACTERS = 1000;

/** Outcomes that the caller can mend, and needs the provider's own reason for. */
const MENDABLE: readonly ModelFailure['outcome'][] = ['refused', 'rejected', 'too-long'];

/** The provider's own words for its caller, of a request that was refused, rejected or too long; undefined of any other. */
export function providerMessage(outcome: ModelFailure['outcome'], text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  if (!trimmed || !MENDABLE.includes(outcome)) return undefined;
  return trimmed.slice(0, MAX_CHARACTERS);
}
