import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readDocstrings } from './read-docstrings.ts';

const folder = mkdtempSync(join(tmpdir(), 'docstrings-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readDocstrings', () => {
  it('reads schemas and their own fields, not those of what stands beside them', () => {
    writeFileSync(
      join(folder, 'order.ts'),
      `/** Not a field. */
const shared = {
  /** From the shared fields. */
  id: z.string(),
};
/**
 * An order
 * on two lines.
 */
export const Order = z.object({
  ...shared,
  /** How many. */
  count: z.int(),
  plain: z.object({
    /** Deeper than a field of the order. */
    inner: z.string(),
  }),
});
/** A type. */
export type Other = {
  /** Belongs to the type. */
  count: number;
};
`,
    );
    writeFileSync(join(folder, 'order.test.ts'), '/** Of a test. */\nconst Order = 1;\n');
    const docs = readDocstrings(folder);
    expect(docs.get('Order')).toBe('An order on two lines.');
    expect(docs.get('Order.count')).toBe('How many.');
    expect(docs.get('Order.id')).toBe('From the shared fields.');
    expect(docs.has('Order.plain')).toBe(false);
    expect(docs.has('Order.inner')).toBe(false);
  });
});
