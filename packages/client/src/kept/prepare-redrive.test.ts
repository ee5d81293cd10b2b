import { InferenceId, parseInferenceRequest } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testTable } from '../testing/test-table.ts';
import { parseSet, parseUnset } from './edit-body.ts';
import { newIdOf, prepareRedrive, type RedriveRules } from './prepare-redrive.ts';
import { testKept } from './testing/test-kept.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const rules = (own: Partial<RedriveRules> = {}): RedriveRules => ({ edits: [], hasNewId: false, table: undefined, now, ...own });

describe('prepareRedrive', () => {
  it.each<[string, Parameters<typeof testKept>, Partial<RedriveRules>, string, string]>([
    ['keeps the id of a rejected one, for it was never taken', [{ id: 'a' }], {}, 'a', 'bulk'],
    ['gives one without an id that of its message', [{}, { origin: 'first-1' }], {}, 'first-1', 'bulk'],
    [
      'gives a new id where the old belongs to another',
      [{ id: 'a' }, { reason: 'id-reused', origin: '12345678-9' }],
      {},
      'a.redrive-12345678',
      'bulk',
    ],
    ['gives a dead letter a new id', [{ id: 'a' }, { reason: 'dead-lettered', origin: '12345678-9' }], {}, 'a.redrive-12345678', 'bulk'],
    ['gives a new id where it is asked for', [{ id: 'a' }, { origin: '12345678-9' }], { hasNewId: true }, 'a.redrive-12345678', 'bulk'],
    ['takes the id that is set for it', [{ id: 'a' }, { reason: 'id-reused' }], { edits: [parseSet('id=b')] }, 'b', 'bulk'],
    ['goes to the priority that is set', [{ id: 'a' }], { edits: [parseSet('priority=interactive')] }, 'a', 'interactive'],
    ['mends what is set', [{ id: 'a', temperature: 1 }], { edits: [parseUnset('temperature')] }, 'a', 'bulk'],
  ])('%s', (_, given, own, id, priority) => {
    expect(prepareRedrive(testKept(...given), rules(own))).toMatchObject({ kind: 'ready', request: { id }, priority });
  });

  it('asks a dead letter itself for its queue, else takes the standard one', () => {
    const { priority: _, ...letter } = testKept({ id: 'a', priority: 'interactive' });
    expect(prepareRedrive(letter, rules())).toMatchObject({ priority: 'interactive' });
    const { priority: __, ...plain } = testKept({ id: 'a' });
    expect(prepareRedrive(plain, rules())).toMatchObject({ priority: 'standard' });
  });

  it.each<[string, unknown, Partial<RedriveRules>, string, RegExp]>([
    ['no JSON', '{"a":', {}, '', /not a JSON object/],
    ['a list', '[]', {}, '', /not a JSON object/],
    ['an unknown field', { temperature: 1 }, {}, 'temperature', /not a known field/],
    ['no version', { schemaVersion: undefined }, {}, 'schemaVersion', /must be a supported version/],
    ['a newer version', { schemaVersion: '9.0' }, {}, 'schemaVersion', /newer/],
    ['a deadline that has passed', { deadline: '2025-01-01T00:00:00Z' }, {}, 'deadline', /has passed/],
    ['a route that is none', { route: 'nowhere' }, { table: testTable() }, 'route', /not a route/],
    ['a change without a place', {}, { edits: [parseSet('messages.x=1')] }, 'messages.x', /no such fields/],
  ])('says what is wrong with %s', (_, request, own, path, message) => {
    expect(prepareRedrive(testKept(request), rules(own))).toMatchObject({
      kind: 'broken',
      problems: [{ path, message: expect.stringMatching(message) }],
    });
  });

  it('says so when nothing can be its id', () => {
    expect(prepareRedrive(testKept({}, { origin: '-' }), rules())).toMatchObject({ kind: 'broken', problems: [{ path: 'id' }] });
  });
});

describe('newIdOf', () => {
  it('is an id, the same for the same message, another for another, and does not grow', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$/);
    fc.assert(
      fc.property(id, fc.uuid(), fc.uuid(), (own, origin, other) => {
        fc.pre(origin.slice(0, 8) !== other.slice(0, 8));
        const first = newIdOf(own, origin);
        expect(InferenceId.safeParse(first).success).toBe(true);
        expect(newIdOf(own, origin)).toBe(first);
        expect(newIdOf(own, other)).not.toBe(first);
        expect(newIdOf(first, other).length).toBeLessThanOrEqual(Math.max(first.length, 128));
        expect(newIdOf(first, origin)).toBe(first);
      }),
    );
  });

  it('makes what the contract takes', () => {
    const redrive = prepareRedrive(testKept({ id: 'x'.repeat(128) }), rules({ hasNewId: true }));
    expect(redrive.kind === 'ready' && parseInferenceRequest(redrive.request).kind).toBe('valid');
  });
});
