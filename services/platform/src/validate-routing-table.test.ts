import { routingTable } from '@signalbox/contracts/samples';
import { expect, it } from 'vitest';
import { InvalidRoutingTableError, validateRoutingTable } from './validate-routing-table.ts';

const allowed = {
  models: Object.values(routingTable.targets).map(({ model }) => model),
  regions: ['us-east-1'],
  endpoints: [],
  globalProfiles: false,
};
const validate = (text: string) => validateRoutingTable({ content: Buffer.from(text).toString('base64') }, { allowed });

it('lets a good table pass', () => {
  expect(() => validate(JSON.stringify(routingTable))).not.toThrow();
});

it('lets a table pass that has fields of a later minor version of its own readers', () => {
  expect(() => validate(JSON.stringify({ ...routingTable, remark: 'ä' }))).not.toThrow();
});

it.each([
  ['no JSON', 'not json', /1 problem: the table is not JSON/],
  ['nothing', '', /not JSON/],
  ['another document', '[]', /problem/],
  ['a newer minor', JSON.stringify({ ...routingTable, schemaVersion: '1.2' }), /schemaVersion: is 1\.2/],
  [
    'a newer major',
    JSON.stringify({ ...routingTable, schemaVersion: '2.0' }),
    /schemaVersion: is 2\.0; this installation reads tables up to 1\.1/,
  ],
  ['a weight of nothing', JSON.stringify(weighted(0)), /routes\.default\.candidates\[0\]\.weight: must be more than 0/],
  [
    'a wrong reply queue',
    JSON.stringify({ ...routingTable, replyQueues: { a: 'my-queue' } }),
    /replyQueues\.a: must match .*signalbox-reply-/,
  ],
  ['two broken promises', JSON.stringify(broken()), /2 problems: .*nowhere.*; .*nothing/],
])('refuses %s', (_, text, message) => {
  expect(() => validate(text)).toThrow(InvalidRoutingTableError);
  expect(() => validate(text)).toThrow(message);
});

function weighted(weight: number) {
  const table = structuredClone(routingTable);
  return Object.assign(table, { routes: { default: { ...table.routes.default, candidates: [{ target: 'nova-lite', weight }] } } });
}

function broken() {
  const table = structuredClone(routingTable);
  table.routes.default?.fallbacks.push('nowhere', 'nothing');
  return table;
}
