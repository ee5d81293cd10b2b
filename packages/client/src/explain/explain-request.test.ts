import type { RoutingOverlay, RoutingTable } from '@signalbox/contracts';
import { inferenceRequest } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { compileSource } from '../policy/compile-source.ts';
import { sourceOf, TEST_POLICY } from '../testing/test-policy.ts';
import { explainRequest } from './explain-request.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const compiled = compileSource(sourceOf(TEST_POLICY), { now: new Date(NOW) });
if (compiled.kind === 'invalid') throw new Error(compiled.problems[0]?.message);
const table: RoutingTable = compiled.table;
const ask = (own: object) => ({ ...inferenceRequest, ...own });

function explained(body: unknown, more: { route?: string; overlay?: RoutingOverlay } = {}) {
  const result = explainRequest(body, { table, now: NOW, ...more });
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.problems));
  return result;
}

describe('explainRequest', () => {
  it('gives the order of a route, and what each would cost', () => {
    const { explanation, asked } = explained(inferenceRequest);
    expect({ asked, route: explanation.route }).toEqual({ asked: 'default', route: 'default' });
    expect(explanation.targets.map(({ target, probability }) => [target, probability])).toEqual([
      ['nova-lite', 1],
      ['nova-micro', 0],
    ]);
    expect(explanation.targets[0]?.estimatedCostUsd).toBeGreaterThan(0);
  });

  it('takes the route that is asked for in place of its own', () => {
    expect(explained(inferenceRequest, { route: 'thorough' }).explanation.route).toBe('thorough');
  });

  it('follows the rules of a route', () => {
    const long = ask({ route: 'extract', messages: [{ role: 'user', content: [{ text: 'many words '.repeat(2_000) }] }] });
    expect(explained(long)).toMatchObject({ asked: 'extract', explanation: { route: 'thorough', rule: 'long-ones' } });
    expect(explained(ask({ route: 'extract' })).explanation).not.toHaveProperty('rule');
  });

  it('leaves a target out that can not, with the reason in words', () => {
    const { explanation } = explained(ask({ requirements: { regions: ['eu-west-1'] } }));
    expect(explanation.targets).toEqual([]);
    expect(explanation.leftOut.map(({ target }) => target).sort()).toEqual(['nova-lite', 'nova-micro']);
    expect(explanation.leftOut[0]?.words).toContain('eu-west-1');
  });

  it('notes that a large request has to go through S3', () => {
    const large = ask({ route: 'thorough', messages: [{ role: 'user', content: [{ text: 'word '.repeat(60_000) }] }] });
    expect(explained(large).notes).toEqual([expect.stringContaining('must stand in S3')]);
    expect(explained(inferenceRequest).notes).toEqual([]);
  });

  it('goes by fleet health', () => {
    const definition = table.targets['nova-lite']?.definition;
    const open = { state: 'open' as const, share: 0, reason: '12 of 14 calls failed', since: NOW - 60_000 };
    const overlay: RoutingOverlay = {
      schemaVersion: '1.0',
      seq: 1,
      publishedAt: NOW,
      targets: { [`nova-lite@${definition}`]: open },
      panic: [],
    };
    const { explanation } = explained(inferenceRequest, { overlay });
    expect(explanation.targets.map(({ target }) => target)).toEqual(['nova-micro']);
    expect(explanation.leftOut[0]).toMatchObject({
      target: 'nova-lite',
      reason: 'health',
      words: expect.stringContaining('12 of 14 calls failed'),
    });
  });

  it.each([
    ['what is not a request', 7, '', 'must be a JSON object'],
    ['a message of nobody', ask({ messages: [{ role: 'assistant', content: [{ text: 'hi' }] }] }), 'messages[0].role', 'must be user'],
    ['an unknown field', ask({ mesages: [] }), 'mesages', ''],
    ['a newer contract', ask({ schemaVersion: '9.0' }), 'schemaVersion', '"9.0" is newer than this installation reads'],
    ['an unknown route', ask({ route: 'nowhere' }), 'route', 'is not a route of the policy; one of: default, extract, thorough'],
    ['another operation', { schemaVersion: '1.0', operation: 'embed', input: 'text' }, 'operation', 'must be "chat" on this route'],
    ['an unknown reply queue', ask({ reply: { queue: 'nobody' } }), 'reply.queue', 'replyQueues'],
    [
      'content that stands elsewhere',
      { schemaVersion: '1.0', payload: { key: 'payloads/default/x.json', sha256: 'a'.repeat(64) } },
      'payload',
      'not read here',
    ],
  ])('refuses %s in the words of the intake', (_, body, path, message) => {
    const result = explainRequest(body, { table, now: NOW });
    if (result.kind !== 'refused') throw new Error('was not refused');
    expect(result.problems[0]?.path).toContain(path);
    expect(result.problems[0]?.message).toContain(message);
  });
});
