/** Ids that were counted, the latest ones: a repeated event is dropped where it comes to the same process. */
export type SeenEvents = { has(id: string): boolean; add(id: string): void };

/** Ten minutes of the two events a second of eight sandboxes; beyond that repeats count twice, which rates hardly show and no witness is made of. */
const MAX_IDS = 10_000;

export function createSeenEvents(max = MAX_IDS): SeenEvents {
  const ids = new Set<string>();
  // One look for the oldest goes on where the last one ended: a new one would pass all that was deleted before it.
  const oldestFirst = ids.values();
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.delete(id);
      ids.add(id);
      if (ids.size > max) ids.delete(oldestFirst.next().value ?? id);
    },
  };
}
