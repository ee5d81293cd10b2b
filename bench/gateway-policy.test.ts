import { loadCatalogue } from '@signalbox/catalogue';
import { compilePolicy } from '@signalbox/routing/policy';
import { expect, it } from 'vitest';
import { gatewayPolicy, modelName } from './gateway-policy.ts';

it('is a policy with a route for each time and shape, of which only the streamed ones stream from the model', () => {
  const text = gatewayPolicy('http://127.0.0.1:4000', [0, 50]);
  const compiled = compilePolicy({ file: 'bench', text, catalogue: loadCatalogue() });
  if (compiled.kind === 'invalid') throw new Error(JSON.stringify(compiled.problems));
  const { routes, targets } = compiled.table;
  expect(Object.values(targets).map((target) => 'baseUrl' in target && target.baseUrl)).toEqual([
    'http://127.0.0.1:4000/0/v1',
    'http://127.0.0.1:4000/50/v1',
  ]);
  for (const delayMs of [0, 50]) {
    expect(routes[modelName({ delayMs, stream: true })]).toMatchObject({ rescue: 'restart', limits: { firstTokenMs: 10_000 } });
    expect(routes[modelName({ delayMs, stream: false })]?.limits).not.toHaveProperty('firstTokenMs');
  }
});
