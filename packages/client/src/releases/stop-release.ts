import { setTimeout as sleep } from 'node:timers/promises';
import { BadRequestException, StopDeploymentCommand } from '@aws-sdk/client-appconfig';
import { getDeployment, isInFlight } from './deployments.ts';
import { ReleaseError } from './release-error.ts';
import type { Installation } from './types.ts';

const POLL_MS = 500;
const WITHIN_MS = 60_000;

/**
 * Ends a deployment under way, or with `revert` takes back one that is complete, and waits until AppConfig is done with it. False when
 * AppConfig refuses: it had ended, or it is longer ago than can be taken back.
 */
export async function stopRelease(installation: Installation, number: number, { revert = false } = {}): Promise<boolean> {
  const { appConfig, applicationId, environmentId } = installation;
  try {
    await appConfig.send(
      new StopDeploymentCommand({
        ApplicationId: applicationId,
        EnvironmentId: environmentId,
        DeploymentNumber: number,
        ...(revert ? { AllowRevert: true } : {}),
      }),
    );
  } catch (error) {
    if (error instanceof BadRequestException) return false;
    throw error;
  }
  await untilEnded(installation, { number, revert });
  return true;
}

async function untilEnded(installation: Installation, { number, revert }: { number: number; revert: boolean }): Promise<void> {
  const endsAt = Date.now() + WITHIN_MS;
  for (;;) {
    const deployment = await getDeployment(installation, number);
    // One that is taken back was complete before.
    const isEnded = !isInFlight(deployment) && !(revert && deployment.State === 'COMPLETE');
    if (isEnded) return;
    if (Date.now() > endsAt) {
      throw new ReleaseError({
        kind: 'busy',
        message: `Release ${number} was told to stop and is still ${deployment.State} after ${WITHIN_MS / 1000} s. Try again when it has ended.`,
      });
    }
    await sleep(POLL_MS);
  }
}
