import { routingOverlay } from '@signalbox/contracts/samples';
import { describe, expect, it } from 'vitest';
import { readHealth } from './read-targets.ts';

describe('readHealth', () => {
  it('gives what was published, also that nothing was', async () => {
    expect(await readHealth(async () => routingOverlay)).toEqual({
      reading: { kind: 'read', overlay: routingOverlay },
      problem: undefined,
    });
    expect(await readHealth(async () => undefined)).toEqual({ reading: { kind: 'read', overlay: undefined }, problem: undefined });
  });

  it('gives the words of what kept it from being read', async () => {
    const refused = () => Promise.reject(new Error('not authorized to perform dynamodb:GetItem'));
    expect(await readHealth(refused)).toEqual({ reading: { kind: 'unreachable' }, problem: 'not authorized to perform dynamodb:GetItem' });
  });
});
