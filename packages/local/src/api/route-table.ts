/** A route of a REST API: `GET /v1/inferences/{id}`, `ANY /files/{proxy+}`. `isStreamed`: its response transfer mode is STREAM. */
export type Route = { method: string; path: string; functionName: string; isStreamed?: boolean };

export type RouteMatch = { route: Route; pathParameters: Record<string, string> };

export type RouteTable = {
  add(route: Route): void;
  /**
   * The route of the most specific path, at each step a literal before a parameter before a greedy one; then its method before ANY. A path that
   * does not take the method hides those that are less specific, as on API Gateway.
   */
  match(method: string, path: string): RouteMatch | undefined;
};

type Compiled = { route: Route; segments: Segment[]; rank: string };
type Segment = { kind: 'literal' | 'parameter' | 'greedy'; text: string };

const RANKS = { literal: '0', parameter: '1', greedy: '2' };

export function createRouteTable(): RouteTable {
  const compiled: Compiled[] = [];
  return {
    add(route) {
      if (compiled.some((other) => other.route.method === route.method && other.route.path === route.path)) {
        throw new Error(`Route ${route.method} ${route.path} is defined twice.`);
      }
      const segments = parsePath(route);
      const rank = segments.map(({ kind }) => RANKS[kind]).join('') + (route.method === 'ANY' ? '1' : '0');
      compiled.push({ route, segments, rank });
      compiled.sort((a, b) => (a.rank < b.rank ? -1 : 1));
    },
    match(method, path) {
      const parts = splitPath(path);
      for (const { route, segments } of compiled) {
        const pathParameters = matchSegments(segments, parts);
        if (pathParameters === undefined) continue;
        const ofPath = compiled.filter((other) => other.route.path === route.path);
        const found = ofPath.find((other) => other.route.method === method || other.route.method === 'ANY');
        return found && { route: found.route, pathParameters };
      }
      return undefined;
    },
  };
}

function parsePath({ method, path }: Route): Segment[] {
  const segments = splitPath(path).map((text): Segment => {
    const [, name, plus] = /^\{([\w.-]+)(\+?)\}$/.exec(text) ?? [];
    if (name !== undefined) return { kind: plus === '+' ? 'greedy' : 'parameter', text: name };
    if (/[{}]/.test(text)) throw new Error(`Route ${method} ${path}: "${text}" must be a literal, {name} or {name+}.`);
    return { kind: 'literal', text };
  });
  if (segments.slice(0, -1).some(({ kind }) => kind === 'greedy'))
    throw new Error(`Route ${method} ${path}: a greedy parameter must be the last.`);
  return segments;
}

/** Throws URIError for a path that is not well-formed. */
function matchSegments(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, { kind, text }] of segments.entries()) {
    const part = parts[index];
    if (part === undefined) return undefined;
    if (kind === 'greedy') return { ...parameters, [text]: decodeURIComponent(parts.slice(index).join('/')) };
    if (kind === 'literal' && part !== text) return undefined;
    if (kind === 'parameter') parameters[text] = decodeURIComponent(part);
  }
  return segments.length === parts.length ? parameters : undefined;
}

/** A slash at the end makes no difference, as on API Gateway. */
function splitPath(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
