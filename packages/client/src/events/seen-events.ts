/** An event comes at least once; a second one is known as long as the first is remembered. */
const REMEMBERED = 10_000;

/** Remembers the latest event ids; true for one that came before. */
export function createSeenEvents(): (id: string) => boolean {
  const seen = new Set<string>();
  return (id) => {
    if (seen.has(id)) return true;
    seen.add(id);
    const [oldest] = seen;
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
    return false;
  };
}
