import { ModelList, RouteList, type RoutingTable } from '@signalbox/contracts';
import { modelList, routeList, routingTable } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { listModels } from './list-models.ts';
import { listRoutes } from './list-routes.ts';

const route = routingTable.routes.default;
const target = routingTable.targets['nova-lite'];
if (!route || !target) throw new Error('the sample table has neither its route nor its target');

const table: RoutingTable = {
  ...routingTable,
  targets: {
    ...routingTable.targets,
    'nova-lite-eu': { ...target, id: 'nova-lite-eu' },
    own: { ...target, id: 'own', model: 'arn:aws:bedrock:us-east-1:1:custom-model/x' },
    unused: { ...target, id: 'unused', model: 'unused.model' },
  },
  routes: {
    ...routingTable.routes,
    archive: {
      ...route,
      name: 'archive',
      candidates: [
        { target: 'own', weight: 1 },
        { target: 'nova-lite-eu', weight: 1 },
      ],
      fallbacks: ['nova-lite'],
      rules: [
        { name: 'long', when: {}, route: 'default' },
        { name: 'short', when: {}, route: 'default' },
      ],
    },
  },
};

describe('the list of routes', () => {
  it('of the sample table is the sample', () => {
    expect(listRoutes({ table: routingTable, source: 'appconfig' })).toEqual(routeList);
  });

  it('is in order of name, and says each model and each rule’s route once', () => {
    const list = listRoutes({ table, source: 's3' });
    expect(RouteList.parse(list)).toEqual(list);
    expect(list.tableSource).toBe('s3');
    expect(list.routes.map(({ name }) => name)).toEqual(['archive', 'default']);
    expect(list.routes[0]).toMatchObject({
      models: ['arn:aws:bedrock:us-east-1:1:custom-model/x', 'amazon.nova-lite-v1:0'],
      rulesLeadTo: ['default'],
    });
  });
});

describe('what is listed of the newer kinds', () => {
  const own = {
    ...target,
    id: 'own',
    kind: 'openai' as const,
    baseUrl: 'https://llm.example.com',
    model: 'llama3.2:3b',
    modelId: 'llama3.2:3b',
  };
  const vectors = { ...route, name: 'vectors', operation: 'embed' as const, candidates: [{ target: 'own', weight: 1 }], fallbacks: [] };
  const mixed: RoutingTable = { ...routingTable, targets: { ...routingTable.targets, own }, routes: { ...routingTable.routes, vectors } };

  it('is no limit of tokens for a route for embeddings', () => {
    const list = listRoutes({ table: mixed, source: 'appconfig' });
    expect(RouteList.parse(list)).toEqual(list);
    expect(list.routes.find(({ name }) => name === 'vectors')).toEqual({
      name: 'vectors',
      operation: 'embed',
      models: ['llama3.2:3b'],
      rulesLeadTo: [],
    });
  });

  it('is a model of a server as nobody’s', () => {
    const { data } = listModels({ table: mixed, source: 'appconfig' });
    expect(data).toContainEqual(expect.objectContaining({ id: 'llama3.2:3b', object: 'model', owned_by: 'custom' }));
  });
});

describe('the list of models', () => {
  it('has those that a route may ask, once each, with their provider', () => {
    const list = listModels({ table, source: 'appconfig' });
    expect(ModelList.parse(list)).toEqual(list);
    expect(list.data).toEqual([
      ...modelList.data,
      { id: 'amazon.nova-micro-v1:0', object: 'model', created: 0, owned_by: 'amazon' },
      { id: 'arn:aws:bedrock:us-east-1:1:custom-model/x', object: 'model', created: 0, owned_by: 'custom' },
    ]);
  });
});
