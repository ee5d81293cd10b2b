/** `TENANT_SLOTS` of contracts, which cannot be had without all schemas; a test holds the two together. */
const SLOTS = 16;

/** The slot, 0..15, under which the attempts of a tenant are observed: FNV-1a over its UTF-16 units. The overlay names suspects by it. */
export function tenantSlot(tenant: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < tenant.length; index++) hash = Math.imul(hash ^ tenant.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % SLOTS;
}
