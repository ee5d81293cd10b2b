import { loadCatalogue, resolveModel } from '@signalbox/catalogue';
import { describe, expect, it } from 'vitest';
import { callingPlace } from './calling-place.ts';

const catalogue = loadCatalogue();

describe('callingPlace', () => {
  it.each([
    ['amazon.nova-lite-v1:0', 'us-east-1', undefined],
    ['amazon.nova-lite-v1:0', 'eu-central-1', 'eu'],
    ['anthropic.claude-haiku-4-5-20251001-v1:0', 'us-east-1', 'us'],
    ['anthropic.claude-haiku-4-5-20251001-v1:0', 'sa-east-1', 'global'],
    ['amazon.nova-lite-v1:0', 'mx-central-1', undefined],
  ])('calls %s from %s through profile %s', (name, region, prefix) => {
    const found = resolveModel(catalogue, name);
    if (found.kind === 'unknown') throw new Error(`${name} is not in the catalogue`);
    const place = callingPlace(found.model, region);
    expect(place.region).toBe(region);
    expect(place.profile?.prefix).toBe(prefix);
  });
});
