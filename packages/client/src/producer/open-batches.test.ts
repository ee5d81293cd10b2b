import { MAX_INLINE_BYTES, MAX_PAYLOAD_BYTES, type Priority } from '@signalbox/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createOpenBatches, type Numbered } from './open-batches.ts';
import { testPrepared } from './testing/test-ports.ts';

const priorities = fc.constantFrom<Priority>('interactive', 'standard', 'bulk');
const arrival = fc.record({
  priority: priorities,
  bytes: fc
    .integer({ min: 1, max: MAX_INLINE_BYTES })
    .map((bytes) => Math.ceil(bytes / (bytes % 50)))
    .filter(Number.isFinite),
  megabytes: fc.constantFrom(0, 0, 0, 1, 12),
});

it('gives each request to one batch of its queue, in order, within what a call and the memory hold', () => {
  // The content is never read here, only measured.
  const content = (megabytes: number) => ({ length: megabytes * 1024 * 1024 }) as Uint8Array;
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 80 }), (arrivals) => {
      const flown: { priority: Priority; batch: readonly Numbered[] }[] = [];
      const open = createOpenBatches((priority, batch) => flown.push({ priority, batch }));
      for (const [index, { priority, bytes, megabytes }] of arrivals.entries()) {
        const payload = megabytes > 0 ? { payload: { key: 'k', sha256: '', content: content(megabytes) } } : {};
        open.add(priority, { index, prepared: testPrepared(`r${index}`, { bytes, ...payload }) });
      }
      open.flush();
      expect(open.isEmpty()).toBe(true);
      for (const priority of ['interactive', 'standard', 'bulk'] as const) {
        const indexes = flown.filter((entry) => entry.priority === priority).flatMap(({ batch }) => batch.map(({ index }) => index));
        expect(indexes).toEqual([...arrivals.entries()].filter(([, entry]) => entry.priority === priority).map(([index]) => index));
      }
      for (const { batch } of flown) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(10);
        const bytes = batch.reduce((sum, { prepared }) => sum + prepared.bytes, 0);
        const held = batch.reduce((sum, { prepared }) => sum + (prepared.payload?.content.length ?? 0), 0);
        if (batch.length > 1) expect(bytes).toBeLessThanOrEqual(MAX_INLINE_BYTES);
        if (batch.length > 1) expect(held).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
      }
    }),
  );
});
