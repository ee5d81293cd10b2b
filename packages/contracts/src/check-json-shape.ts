import { formatPath, type Problem } from './problem.ts';

/** Deeper JSON than this is refused before anything walks it by recursion. */
const MAX_DEPTH = 64;
/** The one key that can reach a prototype; every other unknown key is refused by name where the schema is closed. */
const FORBIDDEN_KEY = '__proto__';

type Place = { value: object; path: PropertyKey[] };

/** Finds the first thing that no schema looks at: nesting that would exhaust the stack, keys that reach a prototype, values that do not survive being written as JSON in UTF-8. */
export function checkJsonShape(body: unknown): Problem[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [{ path: '', message: 'must be a JSON object' }];
  const places: Place[] = [{ value: body, path: [] }];
  for (let place = places.pop(); place; place = places.pop()) {
    if (place.path.length > MAX_DEPTH) {
      return [{ path: `${formatPath(place.path.slice(0, 3))}…`, message: `must not nest deeper than ${MAX_DEPTH} levels` }];
    }
    for (const [key, value] of Object.entries(place.value)) {
      const keyProblem = Array.isArray(place.value) ? undefined : checkKey(key);
      const message = keyProblem ?? checkScalar(value);
      if (!message && (typeof value !== 'object' || value === null)) continue;
      const path = [...place.path, Array.isArray(place.value) ? Number(key) : key];
      if (message) return [{ path: formatPath(path), message }];
      places.push({ value, path });
    }
  }
  return [];
}

function checkKey(key: string): string | undefined {
  if (key === FORBIDDEN_KEY) return 'is not allowed as a key';
  return key.isWellFormed() ? undefined : 'has a key that is cut within a character (a lone surrogate)';
}

/** JSON can say `1e400` and half an emoji; a number that became infinite, or text that UTF-8 cannot hold, would be stored as something else. */
function checkScalar(value: unknown): string | undefined {
  if (typeof value === 'string' && !value.isWellFormed())
    return 'is cut within a character (a lone surrogate); send whole Unicode characters';
  if (typeof value === 'number' && !Number.isFinite(value)) return `must be a number that a double can hold, up to ${Number.MAX_VALUE}`;
  return undefined;
}
