import { routingTable } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { routeOfModel } from './route-of-model.ts';

const ALL = ['*'];
const [target] = Object.values(routingTable.targets);
if (!target) throw new Error('the sample table has no target');
const guardrail = { id: 'gr', version: '1', region: 'us-east-1', applies: 'both' as const };
const [defaultRoute] = Object.values(routingTable.routes);
const guarded = {
  ...routingTable,
  routes: { default: { ...defaultRoute, name: 'default', guardrail, residency: ['us-east-1'] } },
} as typeof routingTable;

function ask(model: string, stated: Partial<Parameters<typeof routeOfModel>[0]> = {}) {
  return routeOfModel({ table: routingTable, model, operation: 'chat', scopes: ALL, ...stated });
}

describe('model', () => {
  it('names a route before anything else', () => {
    expect(ask('default')).toEqual({ kind: 'route', route: routingTable.routes.default });
  });

  it('names a model: every target that calls it, in the order of the table', () => {
    const { kind, route } = ask(target.model);
    const ids = Object.values(routingTable.targets)
      .filter(({ model }) => model === target.model)
      .map(({ id }) => id);
    expect(kind).toBe('model');
    expect(route).toMatchObject({ name: `model:${target.model}`, fallbacks: [], limits: defaultRoute?.limits });
    expect(route.candidates.map((candidate) => candidate.target)).toEqual(ids);
  });

  it('names a target: only that one', () => {
    const { kind, route } = ask(target.id);
    expect({ kind, candidates: route.candidates }).toEqual({ kind: 'target', candidates: [{ target: target.id, weight: 1 }] });
  });

  it('that names no route keeps the guardrail and the residency of the default one', () => {
    expect(ask(target.id, { table: guarded }).route).toMatchObject({ guardrail, residency: ['us-east-1'] });
  });

  it.each(['nonsense', '__proto__', 'constructor', 'toString', ''])('that names nothing is 404: %s', (name) => {
    expect(() => ask(name)).toThrow(expect.objectContaining({ status: 404, code: 'model_not_found', parameter: 'model' }));
  });

  it('of another operation is refused, with where it belongs', () => {
    expect(() => ask('default', { operation: 'embed' })).toThrow(
      expect.objectContaining({ status: 400, code: 'wrong_operation', message: expect.stringContaining('/v1/chat/completions') }),
    );
  });
});

describe('a model or target', () => {
  const unused = { ...target, id: 'unused', model: 'a.model-v1', modelId: 'a.model-v1' };
  const table = { ...routingTable, targets: { ...routingTable.targets, unused } };

  it.each([target.model, target.id, 'a.model-v1', 'unused'])(
    'that the policy uses for chat is asked for nothing else, which would fail and speak against it: %s',
    (model) => {
      expect(() => ask(model, { table, operation: 'embed' })).toThrow(expect.objectContaining({ status: 400, code: 'wrong_operation' }));
      expect(ask(model, { table }).route.operation).toBe('chat');
    },
  );

  it('that it uses for embeddings is asked for them, and not to chat', () => {
    const embed = {
      ...defaultRoute,
      name: 'embeddings',
      operation: 'embed' as const,
      candidates: [{ target: 'unused', weight: 1 }],
      fallbacks: [],
    };
    const both = { ...table, routes: { ...routingTable.routes, embeddings: embed } } as typeof routingTable;
    expect(ask('a.model-v1', { table: both, operation: 'embed' }).route).toMatchObject({
      operation: 'embed',
      candidates: [{ target: 'unused' }],
    });
    expect(() => ask('unused', { table: both })).toThrow(expect.objectContaining({ code: 'wrong_operation' }));
  });
});

describe('the scopes of a key', () => {
  const names = { route: 'default', model: target.model, target: target.id } as const;
  const kinds = ['route', 'model', 'target'] as const;
  it.each(kinds.flatMap((kind) => [[kind, `${kind}:*`] as const, [kind, `${kind}:${names[kind]}`] as const]))(
    'let a %s in by %s',
    (kind, scope) => {
      expect(ask(names[kind], { scopes: [scope] }).kind).toBe(kind);
    },
  );

  it.each(
    kinds.flatMap((kind) =>
      [...kinds.filter((other) => other !== kind).map((other) => `${other}:*`), `${kind}:other`, ''].map((scope) => [kind, scope] as const),
    ),
  )('do not let a %s in by "%s"', (kind, scope) => {
    expect(() => ask(names[kind], { scopes: [scope] })).toThrow(expect.objectContaining({ status: 403, code: 'model_not_allowed' }));
  });

  it('let nothing in when there are none', () => {
    expect(() => ask('default', { scopes: [] })).toThrow(expect.objectContaining({ status: 403 }));
  });
});
