/** Waits for all, so that one that fails keeps no other from being done; then throws what failed, all of it. */
export async function settleAll(works: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(works);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length === 1) throw failures[0];
  const words = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} of ${works.length} failed: ${words.join(' ')}`);
}
