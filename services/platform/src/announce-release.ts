import { createHash } from 'node:crypto';
import {
  type OutgoingEvent,
  type ReleasedTable,
  ROUTING_SOURCE,
  type RoutingTableReleased,
  type RoutingTableRolledBack,
} from '@signalbox/contracts';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Deployment, ReleaseHistory } from './release-history.ts';

/** What AppConfig tells an extension when a deployment ended. Only what is needed to ask AppConfig itself for the rest. */
export type DeploymentEnded = { InvocationId?: string; Type?: string; DeploymentNumber: number; ConfigurationProfile?: { Id?: string } };

export type AnnouncePorts = {
  stage: string;
  profileId: string;
  history: ReleaseHistory;
  /** Keeps the copy that a cold start reads when AppConfig is away. */
  writeCopy: (content: string) => Promise<void>;
  publish: (event: OutgoingEvent) => Promise<void>;
  now: () => number;
};

/**
 * Tells the bus of a release that ended and sets the copy in S3 to the table that is in force. AppConfig may call it twice, late, or in
 * another order than things happened: what it says comes from AppConfig's own record of that deployment, under an id that is the same
 * each time, and what it copies is what is in force when it runs.
 */
export function createAnnounceRelease(ports: AnnouncePorts): (ended: DeploymentEnded) => Promise<'announced' | 'ignored'> {
  return async ({ DeploymentNumber: number, ConfigurationProfile: profile, InvocationId: causationId }) => {
    if (profile?.Id !== undefined && profile.Id !== ports.profileId) return 'ignored';
    const deployment = await ports.history.deployment(number);
    if (deployment.profileId !== ports.profileId) return 'ignored';
    const end = ENDS[deployment.state];
    if (end === undefined)
      throw new UnavailableError({
        message: `AppConfig told of the end of deployment ${number}, and says that it is ${deployment.state}.`,
      });
    const [before, current] = [await ports.history.inForceBefore(number), await ports.history.inForce()];
    // First the copy: an announcement that is repeated because the copy failed is harmless, a stale copy is not.
    if (current !== undefined) await ports.writeCopy(current.content);
    await ports.publish(toEvent({ deployment, end, before: before?.table, ports, causationId }));
    return 'announced';
  };
}

/** What a state of AppConfig means for the table; a state that is missing here is none of an ended deployment. */
const ENDS: Readonly<Record<string, 'released' | 'rolled-back' | 'reverted'>> = {
  COMPLETE: 'released',
  ROLLING_BACK: 'rolled-back',
  ROLLED_BACK: 'rolled-back',
  REVERTED: 'reverted',
};

type EventInput = {
  deployment: Deployment;
  end: 'released' | 'rolled-back' | 'reverted';
  before: ReleasedTable | undefined;
  ports: AnnouncePorts;
  causationId: string | undefined;
};

function toEvent({ deployment, end, before, ports, causationId }: EventInput): OutgoingEvent {
  const { number, environmentId, description, table, endedAt, reason } = deployment;
  const release = { stage: ports.stage, deploymentNumber: number, ...(description === undefined ? {} : { description }) };
  const released: RoutingTableReleased['data'] = { ...release, ...(before === undefined ? {} : { previous: before }), current: table };
  const rolledBack: RoutingTableRolledBack['data'] = {
    ...release,
    previous: table,
    ...(before === undefined ? {} : { current: before }),
    reason,
  };
  const metadata = {
    // The same for the same end of the same deployment, whoever tells of it.
    id: createHash('sha256').update(`${environmentId}#${number}#${end}`).digest('hex').slice(0, 32),
    version: '1.0',
    occurredAt: new Date(endedAt ?? ports.now()).toISOString(),
    correlationId: `deployment-${number}`,
    ...(causationId === undefined ? {} : { causationId }),
  };
  return {
    source: ROUTING_SOURCE,
    detailType: end === 'released' ? 'RoutingTableReleased' : 'RoutingTableRolledBack',
    detail: { metadata, data: end === 'released' ? released : rolledBack },
  };
}
