import type { Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';
import { isInScope } from '@signalbox/limits';
import { findRoute } from '@signalbox/routing';
import { HttpError } from '@signalbox/runtime/errors';
import { outOfScope } from '../out-of-scope.ts';

/** What `model` of a request names. */
export type AskedModel = { kind: 'route' | 'model' | 'target'; route: Route };

type Asked = { table: RoutingTable; model: string; operation: Route['operation']; scopes: readonly string[] };

/**
 * The route that `model` stands for: one of the policy, else one made of the targets that call that model, in the table's order, else one of that
 * single target. Throws HttpError: 404 for a name of none of them, 403 for one outside of the key's scopes, 400 for one of another operation.
 */
export function routeOfModel({ table, model, operation, scopes }: Asked): AskedModel {
  const asked = find(table, model, operation);
  if (!asked) throw unknownModel(model);
  if (!isInScope(scopes, asked.kind, model)) throw outOfScope({ kind: asked.kind, name: model, parameter: 'model' });
  if (asked.route.operation !== operation) throw otherOperation(model, asked.route.operation);
  return asked;
}

function find(table: RoutingTable, name: string, operation: Route['operation']): AskedModel | undefined {
  const route = findRoute(table, name);
  if (route) return { kind: 'route', route };
  const ofModel = Object.values(table.targets).filter(({ model, modelId }) => model === name || modelId === name);
  const kind = ofModel.length > 0 ? 'model' : 'target';
  const target = Object.hasOwn(table.targets, name) ? table.targets[name] : undefined;
  const named = ofModel.length > 0 ? ofModel : target ? [target] : [];
  const [first] = named;
  if (!first) return undefined;
  const able = named.filter(({ id }) => operationsOf(table, id).has(operation));
  // Of a target that cannot do it nobody must be able to make a call that fails: it would speak against the target.
  if (able.length === 0) throw otherOperation(name, [...operationsOf(table, first.id)][0] ?? 'chat');
  return { kind, route: makeRoute(table, { name: `${kind}:${name}`, operation, targets: able }) };
}

/** What the policy uses a target for; one that no route uses is for chat. */
function operationsOf(table: RoutingTable, id: string): ReadonlySet<Route['operation']> {
  const routes = Object.values(table.routes).filter(
    ({ candidates, fallbacks }) => candidates.some(({ target }) => target === id) || fallbacks.includes(id),
  );
  return new Set(routes.length === 0 ? ['chat'] : routes.map(({ operation }) => operation));
}

/** Limits of a route that nobody wrote, where the policy has no route of its operation to take them from. */
const LIMITS = { attemptMs: 60_000, firstTokenMs: 10_000, idleMs: 10_000, retryAfterMs: 5_000, maxTargets: 3 } as const;
const MAX_TOKENS = { default: 1024, cap: 4096 } as const;

type Made = { name: string; operation: Route['operation']; targets: readonly RoutingTarget[] };

/** A guardrail of the route whose limits are taken holds here too: naming a model must not be a way around it. */
function makeRoute(table: RoutingTable, { name, operation, targets }: Made): Route {
  const like = findRoute(table, undefined);
  const model = like?.operation === operation ? like : Object.values(table.routes).find((route) => route.operation === operation);
  return {
    name,
    operation,
    strategy: 'static',
    candidates: targets.map(({ id }) => ({ target: id, weight: 1 })),
    fallbacks: [],
    maxTokens: model?.maxTokens ?? MAX_TOKENS,
    limits: model?.limits ?? LIMITS,
    ...(model?.rescue && { rescue: model.rescue }),
    ...(model?.guardrail && { guardrail: model.guardrail }),
    ...(model?.residency && { residency: model.residency }),
  };
}

function unknownModel(model: string): HttpError {
  const message = `The model "${shorten(model)}" is no route, model or target of the policy. GET /v1/routes and GET /v1/models list them.`;
  return new HttpError({ status: 404, code: 'model_not_found', parameter: 'model', message });
}

const PLACES: Record<Route['operation'], string> = {
  chat: 'POST /v1/chat/completions',
  embed: 'POST /v1/embeddings',
  image: 'POST /v1/inferences',
  video: 'POST /v1/inferences',
};

function otherOperation(model: string, operation: Route['operation']): HttpError {
  const message = `"${shorten(model)}" is for ${operation}. Send that to ${PLACES[operation]}.`;
  return new HttpError({ status: 400, code: 'wrong_operation', parameter: 'model', message });
}

function shorten(name: string): string {
  return name.length > 100 ? `${name.slice(0, 99)}…` : name;
}
