export type Source = Iterable<unknown> | AsyncIterable<unknown>;
export type Pulled = { kind: 'item'; value: unknown } | { kind: 'ended' } | { kind: 'broken'; error: unknown };

/** Reads a source one item at a time, whatever kind of source it is. */
export function createSourceReader(source: Source) {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let isReading = false;
  let isOver = false;

  async function pull(): Promise<Pulled> {
    isReading = true;
    try {
      const { done, value } = await iterator.next();
      if (!done) return { kind: 'item', value };
      isOver = true;
      return { kind: 'ended' };
    } catch (error) {
      isOver = true;
      return { kind: 'broken', error };
    } finally {
      isReading = false;
    }
  }

  return {
    /** The next item; one call at a time. Never rejects. */
    pull,
    /** Tells the source that no more is wanted. One that is waiting, as for a terminal, is told and not waited for. */
    async close(): Promise<void> {
      if (isOver) return;
      isOver = true;
      const closing = Promise.resolve(iterator.return?.());
      if (!isReading) await closing;
      // Whatever a source says after nobody listens any more changes nothing that was reported.
      else closing.catch(() => undefined);
    },
  };
}
