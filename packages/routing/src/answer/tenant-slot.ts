import { hashSlot } from './hash-slot.ts';

/** `TENANT_SLOTS` of contracts, which cannot be had without all schemas; a test holds the two together. */
const SLOTS = 16;

/** The slot, 0..15, under which the attempts of a tenant are observed. The overlay names suspects by it. */
export function tenantSlot(tenant: string): number {
  return hashSlot(tenant, SLOTS);
}
