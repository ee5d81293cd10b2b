export type Drift = { path: string; problem: 'differs' | 'is missing' | 'is no longer generated' };

/** What stands against `expected`, file by file; `committed` are the files there are. */
export function findDrift(expected: ReadonlyMap<string, string>, committed: ReadonlyMap<string, string>): Drift[] {
  const drift: Drift[] = [];
  for (const [path, text] of expected) {
    const found = committed.get(path);
    if (found === undefined) drift.push({ path, problem: 'is missing' });
    else if (found !== text) drift.push({ path, problem: 'differs' });
  }
  for (const path of committed.keys()) {
    if (!expected.has(path)) drift.push({ path, problem: 'is no longer generated' });
  }
  return drift;
}
