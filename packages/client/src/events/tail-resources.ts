export const TAIL_PREFIX = 'signalbox-tail-';

/** The name of a tail's queue and rule. */
export function tailName(random: string): string {
  return `${TAIL_PREFIX}${random}`;
}

/** The bus, rule or queue of a call is not there (any more). */
export function isAbsent(error: unknown): boolean {
  return /ResourceNotFound|QueueDoesNotExist|NonExistentQueue/.test((error as { name?: string } | null)?.name ?? '');
}
