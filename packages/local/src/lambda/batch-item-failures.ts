/** Which messages of a batch a handler's answer leaves undone: some, or the whole batch with the reason. */
export type BatchVerdict = { kind: 'partial'; failedIds: ReadonlySet<string> } | { kind: 'batch-failed'; reason: string };

const ALL_DONE: BatchVerdict = { kind: 'partial', failedIds: new Set() };

/**
 * Reads the answer of a function with `ReportBatchItemFailures` by Lambda's rules: nothing, null, an empty object and an
 * empty or null list all mean success; a wrong shape, or an identifier that is empty, null or not of this batch, fails the
 * whole batch.
 */
export function readBatchItemFailures(payload: unknown, batchIds: ReadonlySet<string>): BatchVerdict {
  if (payload === null || payload === undefined) return ALL_DONE;
  if (typeof payload !== 'object' || Array.isArray(payload)) return failed('the answer is not an object');
  const failures = (payload as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === null || failures === undefined) return ALL_DONE;
  if (!Array.isArray(failures)) return failed('batchItemFailures is not a list');
  const failedIds = new Set<string>();
  for (const [index, failure] of failures.entries()) {
    const id: unknown = failure?.itemIdentifier;
    if (typeof id !== 'string' || id === '') return failed(`batchItemFailures[${index}] has no itemIdentifier`);
    if (!batchIds.has(id)) return failed(`batchItemFailures[${index}] names ${id}, which is not in the batch`);
    failedIds.add(id);
  }
  return { kind: 'partial', failedIds };
}

function failed(reason: string): BatchVerdict {
  return { kind: 'batch-failed', reason };
}
