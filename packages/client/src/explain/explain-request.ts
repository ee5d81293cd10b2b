import {
  DEFAULT_TENANT,
  MAX_INLINE_BYTES,
  type Problem,
  parseInferenceRequest,
  type RoutingOverlay,
  type RoutingTable,
} from '@signalbox/contracts';
import { checkRequest, type Explanation, explain, findRoute, readFeatures, selectRoute } from '@signalbox/routing';

/** Where a request would go, or why it would go nowhere. */
export type Explained =
  | { kind: 'explained'; explanation: Explanation; asked: string; notes: string[] }
  | { kind: 'refused'; problems: Problem[] };

export type ExplainContext = {
  table: RoutingTable;
  overlay?: RoutingOverlay | undefined;
  /** Asked for in place of the request's own. */
  route?: string | undefined;
  /** Milliseconds since the epoch. */
  now: number;
};

/** Takes a request as the intake would, and says where it would go. */
export function explainRequest(body: unknown, context: ExplainContext): Explained {
  const parsed = parseInferenceRequest(body);
  if (parsed.kind === 'invalid') return { kind: 'refused', problems: parsed.problems };
  if (parsed.kind === 'newer-major')
    return refuse('schemaVersion', `"${parsed.version}" is newer than this installation reads; update it or send an older version`);
  const { table, overlay, now } = context;
  const request = { ...parsed.request, ...(context.route !== undefined && { route: context.route }) };
  // Of content that stands elsewhere nothing can be said.
  if (request.payload) return refuse('payload', 'points at content in S3, which is not read here; put the content into the request');
  const mismatch = checkRequest(request, table);
  if (mismatch) return refuse(mismatch.path, mismatch.message);
  const asked = findRoute(table, request.route);
  if (!asked) throw new Error(`unreachable: route ${request.route} was checked against this table`);
  const features = readFeatures({ ...request, content: request, tenant: request.tenant ?? DEFAULT_TENANT });
  const { route, rule } = selectRoute({ table, route: asked, features });
  const explanation = explain({ request: features, table, route, rule, overlay, now });
  return { kind: 'explained', explanation, asked: asked.name, notes: [...parsed.notes, ...noteOnSize(body)] };
}

/** Its way to a model is the same, only its content has to go through S3. */
function noteOnSize(body: unknown): string[] {
  if (Buffer.byteLength(JSON.stringify(body)) <= MAX_INLINE_BYTES) return [];
  return [`it is larger than ${MAX_INLINE_BYTES} bytes: on a queue its content must stand in S3, with a claim check in "payload"`];
}

function refuse(path: string, message: string): Explained {
  return { kind: 'refused', problems: [{ path, message }] };
}
