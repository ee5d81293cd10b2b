import { describe, expect, it } from 'vitest';
import { createRouteTable } from './route-table.ts';

function tableOf(...routes: string[]) {
  const table = createRouteTable();
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    table.add({ method, path, functionName: route });
  }
  return table;
}

describe('a route table', () => {
  const table = tableOf(
    'ANY /{proxy+}',
    'GET /v1/inferences/{id}',
    'GET /v1/inferences/batch',
    'ANY /v1/inferences/{id}',
    'POST /v1/inferences',
    'GET /',
    'GET /{a}/x/{b}',
  );
  it.each([
    ['GET', '/', 'GET /', {}],
    ['POST', '/v1/inferences', 'POST /v1/inferences', {}],
    ['POST', '/v1/inferences/', 'POST /v1/inferences', {}],
    ['GET', '/v1/inferences/batch', 'GET /v1/inferences/batch', {}],
    ['GET', '/v1/inferences/a%2Fb%20c', 'GET /v1/inferences/{id}', { id: 'a/b c' }],
    ['PUT', '/v1/inferences/7', 'ANY /v1/inferences/{id}', { id: '7' }],
    ['GET', '/1/x/2', 'GET /{a}/x/{b}', { a: '1', b: '2' }],
    ['GET', '/v1/other/deep', 'ANY /{proxy+}', { proxy: 'v1/other/deep' }],
  ])('takes %s %s to %s', (method, path, route, pathParameters) => {
    const match = table.match(method, path);
    expect(match?.route.functionName).toBe(route);
    expect(match?.pathParameters).toEqual(pathParameters);
  });

  it.each([
    ['POST', '/v1/models'],
    ['GET', '/v1'],
    ['GET', '/v1/models/x'],
    ['GET', '/V1/models'],
  ])('has nothing for %s %s', (method, path) => {
    expect(tableOf('GET /v1/models').match(method, path)).toBeUndefined();
  });

  it('has nothing for a method that the most specific path does not take', () => {
    const routes = tableOf('GET /inferences/{id}', 'POST /inferences/batch', 'ANY /{proxy+}');
    expect(routes.match('GET', '/inferences/batch')).toBeUndefined();
    expect(routes.match('PUT', '/inferences/7')).toBeUndefined();
    expect(routes.match('POST', '/inferences/batch')?.route.functionName).toBe('POST /inferences/batch');
  });

  it.each([['GET /{proxy+}/x'], ['GET /{a}b'], ['GET /a{']])('refuses %s', (route) => {
    expect(() => tableOf(route)).toThrow(route);
  });

  it('refuses the same route twice', () => {
    expect(() => tableOf('GET /a', 'GET /a')).toThrow('GET /a is defined twice');
  });
});
