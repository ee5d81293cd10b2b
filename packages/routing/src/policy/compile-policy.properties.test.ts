import { loadCatalogue } from '@signalbox/catalogue';
import { RoutingTable } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type CompiledPolicy, compilePolicy, formatPolicyProblem } from './compile-policy.ts';
import { arbitraryPolicy } from './testing/arbitrary-policy.ts';

const catalogue = loadCatalogue();
const policies = arbitraryPolicy(catalogue);

function compile(text: string): CompiledPolicy {
  return compilePolicy({ file: 'routing.yaml', text, catalogue, today: '2026-11-21' });
}

function tableOf(policy: unknown): RoutingTable {
  const compiled = compile(typeof policy === 'string' ? policy : stringify(policy));
  if (compiled.kind === 'invalid') throw new Error(compiled.problems.map(formatPolicyProblem).join('\n'));
  return compiled.table;
}

/** The same content with the keys of every map in another order; lists keep theirs. */
function shuffleKeys(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((member) => shuffleKeys(member, random));
  if (typeof value !== 'object' || value === null) return value;
  const drawn = Object.entries(value).map(([key, member]) => ({ key, member: shuffleKeys(member, random), place: random() }));
  return Object.fromEntries(drawn.sort((left, right) => left.place - right.place).map(({ key, member }) => [key, member]));
}

/** A comment after every line that ends a value. */
const withComments = (text: string) => `# Above.\n${text.replaceAll(/(?<=[\]\w])$/gm, ' # Beside.')}`;

describe('any policy in which nothing is wrong', () => {
  it('compiles to a table that its readers accept, and that names only what it has', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const table = tableOf(policy);
        expect(RoutingTable.parse(table)).toEqual(table);
        expect(Object.keys(table.targets).sort()).toEqual(Object.keys(policy.targets).sort());
        for (const [id, { kind, apiKey }] of Object.entries(policy.targets)) {
          expect(table.targets[id]).toMatchObject({ kind: kind ?? 'bedrock' });
          expect(apiKey !== undefined).toBe('apiKey' in (table.targets[id] ?? {}));
        }
        for (const route of Object.values(table.routes)) {
          for (const target of [...route.candidates.map((one) => one.target), ...route.fallbacks])
            expect(table.targets).toHaveProperty([target]);
          for (const rule of route.rules ?? []) expect(table.routes).toHaveProperty([rule.route]);
          expect(route.maxTokens.default).toBeLessThanOrEqual(route.maxTokens.cap);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('has the same version whatever the order of its keys and its comments', () => {
    fc.assert(
      fc.property(policies, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (policy, numbers) => {
        const shuffled = stringify(shuffleKeys(policy, () => numbers.next().value ?? 0));
        const { version } = tableOf(policy);
        expect(tableOf(shuffled).version).toBe(version);
        expect(tableOf(withComments(shuffled)).version).toBe(version);
      }),
      { numRuns: 100 },
    );
  });

  it('has another version when a class is added, and is refused when it loses a target that a route names', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const { version } = tableOf(policy);
        expect(tableOf({ ...policy, classes: [...policy.classes, 'last'] }).version).not.toBe(version);
        const [first = ''] = Object.values(tableOf(policy).routes.default?.candidates ?? []).map(({ target }) => target);
        const { [first]: _, ...others } = policy.targets;
        const compiled = compile(stringify({ ...policy, targets: others }));
        // Without any target left, that is what is told.
        const expected = Object.keys(others).length > 0 ? `names the target "${first}"` : 'is empty; write at least one';
        expect(compiled.kind === 'invalid' && compiled.problems.some(({ message }) => message.includes(expected))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
