import { type OutgoingEvent, RoutingTableReleased, RoutingTableRolledBack } from '@signalbox/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AnnouncePorts, createAnnounceRelease } from './announce-release.ts';
import type { Deployment, TableInForce } from './release-history.ts';

let published: OutgoingEvent[];
let copies: string[];
let deployments: Deployment[];
let failing: 'copy' | 'bus' | undefined;

const deployment = (number: number, state: string, more: Partial<Deployment> = {}): Deployment => ({
  number,
  environmentId: 'env',
  profileId: 'profile',
  state,
  table: { tableVersion: `v${number}`, hostedVersion: number },
  description: `change ${number}`,
  endedAt: 1_790_000_000_000 + number,
  reason: { kind: 'alarm', detail: 'arn:alarm' },
  ...more,
});
const lastCompleted = (before: number): TableInForce | undefined => {
  const found = deployments.findLast(({ number, state }) => number < before && state === 'COMPLETE');
  return found && { table: found.table, content: `content of ${found.table.tableVersion}` };
};
const ports: AnnouncePorts = {
  stage: 'local',
  profileId: 'profile',
  history: {
    deployment: async (number) => deployments.find((one) => one.number === number) as Deployment,
    inForceBefore: async (number) => lastCompleted(number),
    inForce: async () => lastCompleted(Number.POSITIVE_INFINITY),
  },
  writeCopy: async (content) => {
    if (failing === 'copy') throw new Error('S3 is away');
    copies.push(content);
  },
  publish: async (event) => {
    if (failing === 'bus') throw new Error('the bus is away');
    published.push(event);
  },
  now: () => 5,
};
const announce = (number: number) =>
  createAnnounceRelease(ports)({ DeploymentNumber: number, InvocationId: 'i1', ConfigurationProfile: { Id: 'profile' } });

beforeEach(() => {
  [published, copies, failing] = [[], [], undefined];
  deployments = [deployment(1, 'COMPLETE'), deployment(2, 'COMPLETE')];
});

describe('announceRelease', () => {
  it('tells of a release and copies its table', async () => {
    expect(await announce(2)).toBe('announced');
    expect(copies).toEqual(['content of v2']);
    expect(published).toMatchObject([{ source: 'signalbox.routing', detailType: 'RoutingTableReleased' }]);
    const { metadata, data } = RoutingTableReleased.parse(published[0]?.detail);
    expect(metadata).toMatchObject({
      occurredAt: new Date(1_790_000_000_002).toISOString(),
      causationId: 'i1',
      correlationId: 'deployment-2',
    });
    expect(data).toEqual({
      stage: 'local',
      deploymentNumber: 2,
      description: 'change 2',
      previous: { tableVersion: 'v1', hostedVersion: 1 },
      current: { tableVersion: 'v2', hostedVersion: 2 },
    });
  });

  it('tells of the first release, which replaces none', async () => {
    await announce(1);
    expect(RoutingTableReleased.parse(published[0]?.detail).data).not.toHaveProperty('previous');
  });

  it.each(['ROLLED_BACK', 'ROLLING_BACK', 'REVERTED'])('tells of one that is %s, and copies what is in force again', async (state) => {
    deployments.push(deployment(3, state));
    await announce(3);
    expect(copies).toEqual(['content of v2']);
    expect(published[0]?.detailType).toBe('RoutingTableRolledBack');
    expect(RoutingTableRolledBack.parse(published[0]?.detail).data).toMatchObject({
      previous: { tableVersion: 'v3' },
      current: { tableVersion: 'v2' },
      reason: { kind: 'alarm', detail: 'arn:alarm' },
    });
  });

  it('says the same under the same id when it is called twice, and another id for another end', async () => {
    await announce(2);
    await announce(2);
    expect(published[1]).toEqual(published[0]);
    deployments[1] = deployment(2, 'REVERTED');
    await announce(2);
    expect(published[2]?.detail.metadata.id).not.toBe(published[0]?.detail.metadata.id);
  });

  it('copies what is in force, not what a late call is about', async () => {
    await announce(1);
    expect(copies).toEqual(['content of v2']);
    expect(RoutingTableReleased.parse(published[0]?.detail).data.current.tableVersion).toBe('v1');
  });

  it('takes back the first release without a table to copy', async () => {
    deployments = [deployment(1, 'ROLLED_BACK')];
    await announce(1);
    expect(copies).toEqual([]);
    expect(RoutingTableRolledBack.parse(published[0]?.detail).data).not.toHaveProperty('current');
  });

  it.each(['DEPLOYING', 'BAKING', ''])('comes again when AppConfig still says "%s"', async (state) => {
    deployments.push(deployment(3, state));
    await expect(announce(3)).rejects.toThrow('deployment 3');
    expect([published, copies]).toEqual([[], []]);
  });

  it.each(['copy', 'bus'] as const)('fails, to be called again, when the %s is away', async (part) => {
    failing = part;
    await expect(announce(2)).rejects.toThrow('is away');
    expect(published).toEqual([]);
  });

  it('leaves the deployments of other profiles alone', async () => {
    deployments.push(deployment(3, 'COMPLETE', { profileId: 'other' }));
    expect(await announce(3)).toBe('ignored');
    expect(await createAnnounceRelease(ports)({ DeploymentNumber: 2, ConfigurationProfile: { Id: 'other' } })).toBe('ignored');
    expect([published, copies]).toEqual([[], []]);
  });
});
