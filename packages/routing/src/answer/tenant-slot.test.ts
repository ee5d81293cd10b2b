import { TENANT_SLOTS } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { tenantSlot } from './tenant-slot.ts';

it('gives a tenant the slot under which its attempts are observed, in every version', () => {
  expect(['', 'default', 'acme', 'tenant-1', 'Ünïcode'].map(tenantSlot)).toEqual([5, 14, 15, 11, 5]);
});

it('spreads tenants over all slots that there are', () => {
  const slots = Array.from({ length: 1_600 }, (_, index) => tenantSlot(`tenant-${index}`));
  const counts = Array.from({ length: TENANT_SLOTS }, (_, slot) => slots.filter((one) => one === slot).length);
  expect(Math.min(...counts)).toBeGreaterThan(50);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_600);
});
