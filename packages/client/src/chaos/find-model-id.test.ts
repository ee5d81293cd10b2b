import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { testTable, testTarget } from '../testing/test-table.ts';
import { findModelId } from './find-model-id.ts';
import { createSimulator } from './simulator.ts';

const table = testTable({ targets: [testTarget({ id: 'lite', modelId: 'us.amazon.nova-lite-v1:0' })] });

it('finds the model of a target, and takes a model by its own id', () => {
  expect(findModelId(table, 'lite')).toBe('us.amazon.nova-lite-v1:0');
  expect(findModelId(table, 'amazon.nova-pro-v1:0')).toBe('amazon.nova-pro-v1:0');
  expect(findModelId(undefined, 'amazon.nova-pro-v1:0')).toBe('amazon.nova-pro-v1:0');
});

it.each(['lit', 'toString'])('says which targets there are when %s is none', (named) => {
  expect(() => findModelId(table, named)).toThrow(`"${named}" is no target of the table in force, and no model id. Targets: lite.`);
});

it('sends faults to the simulator, and gives its refusals in its words', async () => {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push(`${request.method} ${request.url} ${body}`);
    const isBad = body.includes('"rate":7');
    response.writeHead(isBad ? 400 : 200).end(JSON.stringify(isBad ? { message: "'rate': at most 1" } : { cleared: 2 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const simulator = createSimulator(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await simulator.put('a:b/c', { kind: 'error', status: 503 });
    expect(await simulator.clear(undefined)).toBe(2);
    expect(await simulator.clear('a:b/c')).toBe(2);
    await expect(simulator.put('a', { kind: 'error', rate: 7 })).rejects.toThrow("The simulator refused: 'rate': at most 1");
    expect(seen.slice(0, 3)).toEqual([
      'PUT /faults/a%3Ab%2Fc {"kind":"error","status":503}',
      'DELETE /faults ',
      'DELETE /faults/a%3Ab%2Fc ',
    ]);
  } finally {
    server.close();
  }
});
