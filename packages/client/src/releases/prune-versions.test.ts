import type { DeploymentSummary } from '@aws-sdk/client-appconfig';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPrunable } from './prune-versions.ts';

const HOUR_MS = 3_600_000;
const NOW = 1_790_000_000_000;

const versions = (count: number) => Array.from({ length: count }, (_, index) => ({ VersionNumber: index + 1 }));
const deployed = (DeploymentNumber: number, version: number, hoursAgo: number, State: DeploymentSummary['State'] = 'COMPLETE') => ({
  DeploymentNumber,
  ConfigurationVersion: String(version),
  State,
  CompletedAt: new Date(NOW - hoursAgo * HOUR_MS),
});
const prunable = (count: number, deployments: DeploymentSummary[]) =>
  findPrunable({ versions: versions(count), deployments, now: NOW }).map(({ VersionNumber }) => VersionNumber);

describe('findPrunable', () => {
  it('keeps the last twenty', () => {
    expect(prunable(20, [])).toEqual([]);
    expect(prunable(23, [])).toEqual([3, 2, 1]);
  });

  it('keeps what is in force, however old', () => {
    expect(prunable(23, [deployed(1, 2, 5_000)])).toEqual([3, 1]);
  });

  it('keeps what was in force within 72 hours, though it was released long before', () => {
    expect(prunable(23, [deployed(1, 2, 5_000), deployed(2, 23, 71)])).toEqual([3, 1]);
    expect(prunable(23, [deployed(1, 2, 5_000), deployed(2, 23, 73)])).toEqual([3, 2, 1]);
  });

  it('keeps what is on its way', () => {
    expect(prunable(23, [deployed(1, 23, 500), { ...deployed(2, 1, 0, 'DEPLOYING'), CompletedAt: undefined }])).toEqual([3, 2]);
  });

  it('takes a release that was rolled back for none that replaced another', () => {
    expect(prunable(23, [deployed(1, 1, 5_000), deployed(2, 23, 100, 'ROLLED_BACK')])).toEqual([3, 2]);
  });

  it('never takes a version of the last completed release, or one of the last twenty', () => {
    const history = fc.array(
      fc.record({
        version: fc.integer({ min: 1, max: 60 }),
        hoursAgo: fc.integer({ min: 0, max: 200 }),
        state: fc.constantFrom('COMPLETE', 'ROLLED_BACK', 'REVERTED'),
      }),
    );
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 60 }), (releases, count) => {
        const newestLast = releases.toSorted((left, right) => right.hoursAgo - left.hoursAgo);
        const deployments = newestLast.map(({ version, hoursAgo, state }, index) =>
          deployed(index + 1, version, hoursAgo, state as 'COMPLETE'),
        );
        const old = prunable(count, deployments);
        const inForce = deployments.findLast(({ State }) => State === 'COMPLETE');
        expect(old).not.toContain(Number(inForce?.ConfigurationVersion));
        expect(old.every((version) => version <= count - 20)).toBe(true);
      }),
    );
  });
});
